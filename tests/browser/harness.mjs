// A browser against a real platform: pages that may not leave the origin, break the content policy, or fail silently.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before } from 'node:test'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const { AxeBuilder } = require('@axe-core/playwright')

export const base = process.env.ANLAN_URL
export const out = new URL('./out/', import.meta.url).pathname
export const PASSWORD = 'anlan-demo'
export const DESK = { width: 1600, height: 960 }
export const WALL = { width: 1920, height: 1080 }
export const PHONE = { width: 390, height: 844 }
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
mkdirSync(out, { recursive: true })

/** Starts a browser for the tests of one file. */
export function withBrowser() {
  const it = {}
  before(async () => {
    it.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, chromiumSandbox: false })
  })
  after(() => it.browser?.close())
  return it
}

/** A person at a screen of their own, logged in where a name is given. `close` says what went wrong on any of their pages. */
export async function person(it, username, { size = DESK, language = 'zh', path = '/workbench', phone = size === PHONE } = {}) {
  const context = await it.browser.newContext({
    viewport: size,
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    ...(phone ? { isMobile: true, hasTouch: true, geolocation: { longitude: 119.9762, latitude: 31.9871 }, permissions: ['geolocation'] } : {}),
  })
  context.setDefaultTimeout(15_000)
  await context.addInitScript((chosen) => location.protocol.startsWith('http') && (localStorage.getItem('anlan.language') ?? localStorage.setItem('anlan.language', chosen)), language)
  const wrong = []
  const watch = (page) => {
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(base) && !/^(data|blob):/.test(url)) wrong.push(`left the origin: ${url}`)
    })
    page.on('pageerror', (error) => wrong.push(`page error: ${error.message}`))
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) wrong.push(`content policy: ${message.text()}`)
    })
  }
  context.on('page', watch)
  const page = await context.newPage()
  if (username) {
    await logIn(page, username, PASSWORD, path)
    await page.waitForURL((url) => url.pathname === path.split('?')[0])
  }
  const close = async () => {
    await context.close()
    assert.deepEqual(wrong, [])
  }
  return { context, page, wrong, close }
}

export async function logIn(page, username, password, back = '/workbench') {
  await page.goto(`${base}/login?back=${encodeURIComponent(back)}`)
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(password)
  await page.locator('form button[type=submit]').click()
}

/** What people with other senses would stumble over: nothing serious. */
export async function accessible(page, what) {
  // What fades in is judged when it stands.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().iterations === Infinity))
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).options({ resultTypes: ['violations'] }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const said = serious.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 4).map((node) => `    ${node.target.join(' ')}  ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join('\n')}`)
  assert.equal(said.length, 0, `${what}: ${said.join('\n')}`)
}

/** Keeps how the page looks, once the pictures on it are there. */
export async function picture(page, name) {
  await page.waitForFunction(() => [...document.images].filter((one) => one.getBoundingClientRect().top < innerHeight).every((one) => one.complete))
  await page.screenshot({ path: `${out}${name}.png` })
}

/** The platform without a browser, as a person or as a gateway. */
export async function api(username) {
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(base + path, { method, headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN', ...headers }, body: body && JSON.stringify(body) })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 400)}`)
    return text ? JSON.parse(text) : undefined
  }
  if (!username) return call
  const { token } = await call('POST', '/api/v1/session', { username, password: PASSWORD })
  return (method, path, body) => call(method, path, body, { authorization: `Bearer ${token}` })
}
export const basic = (user, key) => ({ authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}` })

/** A photo as a camera would make it, drawn by the browser itself. */
export async function photo(page, name = 'photo.jpg', width = 2400, height = 1800) {
  const base64 = await page.evaluate(([w, h]) => {
    const canvas = document.createElement('canvas')
    canvas.width = w
    canvas.height = h
    const pen = canvas.getContext('2d')
    for (let y = 0; y < h; y += 8) for (let x = 0; x < w; x += 8) {
      pen.fillStyle = `rgb(${(x * 7 + y * 13) % 256} ${(x * 3) % 256} ${(y * 5) % 256})`
      pen.fillRect(x, y, 8, 8)
    }
    return canvas.toDataURL('image/jpeg', 0.95).split(',')[1]
  }, [width, height])
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') }
}
