// Starts one demo platform, runs every browser test against it, and stops it again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = new URL('.', import.meta.url).pathname
const root = join(here, '../..')
const binary = process.env.ANLAN_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/anlan')

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})

async function platform() {
  if (process.env.ANLAN_URL) return { url: process.env.ANLAN_URL, stop: async () => {} }
  const data = mkdtempSync(join(tmpdir(), 'anlan-browser-'))
  const [http, mqtt] = [await freePort(), await freePort()]
  const server = spawn(binary, ['demo', '--quiet-sim', '--data', data, '--listen', `127.0.0.1:${http}`, '--mqtt', `127.0.0.1:${mqtt}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (text) => (said = (said + text).slice(-4000)))
  const url = `http://127.0.0.1:${http}`
  const gone = new Promise((_, failed) => server.once('exit', (code) => failed(new Error(`the platform ended with ${code}:\n${said}`))))
  gone.catch(() => {})
  const stop = async () => {
    if (server.exitCode === null) {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      await ended
    }
    rmSync(data, { recursive: true, force: true })
  }
  const ready = async () => {
    const end = Date.now() + 120_000
    for (;;) {
      const answer = await fetch(`${url}/readyz`).catch(() => undefined)
      if (answer?.ok) return
      if (Date.now() > end) throw new Error(`the platform was not ready after two minutes:\n${said}`)
      await new Promise((next) => setTimeout(next, 100))
    }
  }
  await Promise.race([ready(), gone]).catch(async (error) => {
    await stop()
    throw error
  })
  return { url, stop }
}

const wanted = process.argv.slice(2)
const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs') && (!wanted.length || wanted.some((word) => name.includes(word)))).sort()
const { url, stop } = await platform()
console.log(`browser tests against ${url}`)
const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=240000', '--test-reporter=spec', ...files.map((name) => join(here, name))], { stdio: 'inherit', env: { ...process.env, ANLAN_URL: url } })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal))
const code = await new Promise((done) => tests.once('exit', (ended) => done(ended ?? 1)))
await stop()
process.exit(code)
