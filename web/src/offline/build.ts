// Writes /sw.js: the worker with the list of the files that the phone pages need, so that they open without a network.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const ALSO = ['/manifest.webmanifest', '/icon.svg']

export function phoneWorker(): Plugin {
  return {
    name: 'anlan-phone-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const wanted = new Set<string>()
      const take = (file: string): void => {
        const chunk = bundle[file]
        if (!chunk || wanted.has(file)) return
        wanted.add(file)
        if (chunk.type !== 'chunk') return
        chunk.imports.forEach(take)
        const meta = (chunk as { viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> } }).viteMetadata
        meta?.importedCss.forEach((css) => wanted.add(css))
        meta?.importedAssets.forEach((asset) => wanted.add(asset))
      }
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && (file.isEntry || file.moduleIds.some((id) => id.includes('/pages/phone/')))) take(file.fileName)
        // The digits of the interface; other assets belong to pages that need the network.
        if (file.type === 'asset' && file.fileName.endsWith('.woff2')) wanted.add(file.fileName)
      }
      const files = [...wanted].filter((file) => file !== 'index.html').sort().map((file) => `/${file}`).concat(ALSO)
      const worker = readFileSync(fileURLToPath(new URL('./sw.js', import.meta.url)), 'utf8')
      const version = createHash('sha256').update(worker).update(files.join('\n')).digest('hex').slice(0, 12)
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: `const VERSION = '${version}'\nconst FILES = ${JSON.stringify(files, null, 1)}\n${worker}` })
    },
  }
}
