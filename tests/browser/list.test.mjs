// The ledger and its form by keyboard alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { person, withBrowser } from './harness.mjs'

const it = withBrowser()
const chosen = (page) => new URL(page.url()).searchParams

test('J and K go through the list, Enter opens, Esc closes, / searches', async () => {
  const { page, close } = await person(it, 'inspector', { path: '/records/hidden_danger' })
  await page.locator('table.records tbody tr').nth(2).waitFor()
  const numbers = await page.locator('table.records tbody tr').evaluateAll((rows) => rows.map((row) => row.querySelector('a')?.getAttribute('href') ?? ''))
  const detail = page.locator('.detail.panel')
  await page.keyboard.press('j')
  await detail.getByRole('link', { name: /YH-/ }).first().waitFor()
  const first = page.url()
  await page.keyboard.press('j')
  await page.waitForURL((url) => url.href !== first)
  await page.keyboard.press('k')
  await page.waitForURL(first)
  assert.ok([...chosen(page).values()].some((value) => numbers[0].includes(value)), 'the address names the record')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === numbers[0])
  await page.goBack()
  await page.waitForURL(first)
  await detail.waitFor()
  await page.keyboard.press('Escape')
  await detail.waitFor({ state: 'detached' })
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search')
  await page.keyboard.type('不存在的隐患描述')
  await page.keyboard.press('Enter')
  await page.getByText('没有符合条件的记录').waitFor()
  await close()
})

test('a form is opened, filled, refused and left by keyboard; the mistake gets the focus, the drawer keeps it', async () => {
  const { page, close } = await person(it, 'enterprise', { path: '/records/hidden_danger' })
  const open = page.getByRole('button', { name: '新增隐患' }).first()
  await open.focus()
  await page.keyboard.press('Enter')
  const form = page.locator('.record-form')
  await form.waitFor()
  const inside = () => page.evaluate(() => !!document.activeElement?.closest('.el-drawer'))
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    assert.ok(await inside(), `the focus stays in the drawer (after ${i + 1} tabs)`)
  }
  await form.getByRole('button', { name: '提交隐患' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA')
  await page.keyboard.type('应急照明蓄电池失效，切断市电后不亮')
  await page.keyboard.press('Escape')
  await form.waitFor({ state: 'detached' })

  // What was typed is still there the next time.
  await open.focus()
  await page.keyboard.press('Enter')
  await form.waitFor()
  assert.equal(await page.getByLabel('隐患描述').inputValue(), '应急照明蓄电池失效，切断市电后不亮')
  await page.getByRole('button', { name: '放弃草稿' }).click()
  await close()
})

test('the address is the state: a link shows the same list and record to somebody else', async () => {
  const { page, close, context } = await person(it, 'inspector', { path: '/records/hidden_danger' })
  await page.getByRole('tab', { name: /逾期/ }).click()
  await page.locator('table.records tbody tr').first().waitFor()
  await page.keyboard.press('j')
  await page.locator('.detail.panel').waitFor()
  const title = await page.locator('.detail.panel .title').textContent()
  const other = await context.newPage()
  await other.goto(page.url())
  await other.locator('.detail.panel').getByRole('heading', { name: title }).waitFor()
  assert.equal(await other.getByRole('tab', { name: /逾期/ }).getAttribute('aria-selected'), 'true')
  await close()
})
