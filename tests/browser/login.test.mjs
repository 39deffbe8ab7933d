// Logging in and out, in both languages.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accessible, base, logIn, PASSWORD, person, picture, withBrowser } from './harness.mjs'

const it = withBrowser()

test('a wrong password is refused in words, the right one leads to work, logging out ends it', async () => {
  const { page, close, context } = await person(it)
  await page.goto(`${base}/workbench`)
  await page.waitForURL(/\/login\?back=/)
  await logIn(page, 'enterprise', 'not-the-password')
  const refusal = page.getByRole('alert').filter({ hasText: /\S/ })
  await refusal.waitFor()
  const unknown = await refusal.textContent()
  await logIn(page, 'nobody-of-this-name', 'not-the-password')
  await refusal.waitFor()
  assert.equal(await refusal.textContent(), unknown, 'an unknown name gives the same words')
  await accessible(page, 'log-in')
  await picture(page, 'login')

  await logIn(page, 'enterprise', PASSWORD)
  await page.waitForURL(`${base}/workbench`)
  await page.getByRole('button', { name: '示例戊' }).click()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.waitForURL(/\/login/)
  assert.equal((await context.request.get(`${base}/api/v1/me`)).status(), 401)
  await page.goto(`${base}/workbench`)
  await page.waitForURL(/\/login\?back=/)
  await close()
})

test('a demo account is one click away', async () => {
  const { page, close } = await person(it)
  await page.goto(`${base}/login`)
  await page.getByRole('button', { name: 'inspector2' }).click()
  await page.waitForURL(`${base}/workbench`)
  await close()
})

test('English is a whole language of its own', async () => {
  const { page, close } = await person(it, 'inspector', { language: 'en' })
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  for (const path of ['/workbench', '/records/hidden_danger', '/alarms', '/map', '/m', '/m/report', '/m/enterprise', '/m/me']) {
    await page.goto(base + path)
    await page.locator('h1').first().waitFor()
    const words = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, th, label, legend, nav a, button, [role=tab]')]
      .filter((one) => !one.closest('[lang|=zh], tbody, canvas') && one.checkVisibility())
      .map((one) => one.innerText.trim()).filter((text) => /[\u4e00-\u9fff]/.test(text)))
    // Names of people and enterprises are data; labels are not.
    assert.deepEqual(words.filter((text) => text !== '中文' && !/示例/.test(text)), [], path)
    const keys = await page.evaluate(() => document.body.innerText.match(/\b(phone|records|fields|alarms|duty|map|errors|ui|app|workbench|enterprise)\.[a-z_]+\b/g))
    assert.equal(keys, null, `${path} shows a key instead of words`)
  }
  await close()
})
