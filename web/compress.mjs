// Puts a Brotli and a gzip copy beside every built file that gets smaller, so that the server never compresses.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const worth = /\.(js|css|html|json|geojson|svg|webmanifest|md|txt)$/

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else if (worth.test(name)) yield path
  }
}

for (const path of files(new URL('dist', import.meta.url).pathname)) {
  const data = readFileSync(path)
  if (data.length < 1024) continue
  writeFileSync(`${path}.br`, brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }))
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }))
}
