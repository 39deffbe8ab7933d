// The phone: a danger reported with a photo and the place, with and without a network.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accessible, api, base, person, PHONE, photo, picture, withBrowser } from './harness.mjs'

const it = withBrowser()
/** Tells the dangers of this run from those of another on the same platform. */
const run = Date.now().toString(36)
const report = (page) => page.getByRole('button', { name: '上报隐患' })

test('a worker reports what they see: photo, place, description; the number comes back', async () => {
  const { page, close } = await person(it, 'worker', { size: PHONE, path: '/m/report' })
  await page.getByLabel('隐患描述').waitFor()
  await report(page).click()
  await page.getByText('请填写隐患描述。').waitFor()
  await page.getByLabel('隐患描述').fill('太短')
  await page.getByText('隐患描述至少 10 个字，现在 2 个。').waitFor()

  await page.locator('#r-photos').setInputFiles([await photo(page, 'a.jpg'), await photo(page, 'b.jpg', 900, 1600)])
  await page.getByRole('img', { name: '照片 2' }).waitFor()
  await page.locator('#r-photos').setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
  await page.getByText('“note.txt”不是能读的图片').waitFor()
  await page.getByRole('button', { name: '移除照片 2' }).click()
  await page.getByRole('img', { name: '照片 2' }).waitFor({ state: 'detached' })

  await page.getByLabel('隐患描述').fill(`罐区东侧消防栓被货物遮挡 ${run}a`)
  await page.getByLabel('部位').fill('罐区东侧')
  await page.getByRole('button', { name: /定位/ }).click()
  await page.getByText('119.97620 E').waitFor()
  await picture(page, 'phone-report')
  await accessible(page, 'the report page')
  const small = await page.evaluate(() => [...document.querySelectorAll('button, a, select, input:not([type=file])')].filter((one) => one.checkVisibility() && !one.closest('.toasts')).map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()]).filter(([, box]) => box.height < 44 || box.width < 44).map(([html, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`))
  assert.deepEqual(small, [], 'touch targets are at least 44 pixels')
  await report(page).click()
  await page.getByRole('heading', { name: '已上报' }).waitFor()
  const number = await page.locator('.sent strong').textContent()
  assert.match(number, /^YH-\d{4}-\d{4,}$/)
  await picture(page, 'phone-sent')

  await page.getByRole('link', { name: '查看这条隐患' }).click()
  await page.getByText(`罐区东侧消防栓被货物遮挡 ${run}a`).first().waitFor()
  await page.locator('dd img').first().waitFor()
  await accessible(page, 'the record on the phone')
  await picture(page, 'phone-record')
  await close()

  const asWorker = await api('worker')
  const { items } = await asWorker('GET', `/api/v1/records/hidden_danger?q=${encodeURIComponent(`${run}a`)}`)
  const [found] = items
  assert.equal(found.number, number)
  assert.deepEqual(found.body.position, { lon: 119.9762, lat: 31.9871 })
  assert.equal(found.body.source, 'self_inspection')
  assert.equal(found.body.photos.length, 1)
})

test('without a network it stays a draft, says so, survives the tab, and is sent once', async () => {
  const { page, context, close } = await person(it, 'worker', { size: PHONE, path: '/m/report' })
  await page.getByLabel('隐患描述').fill(`配电间门口积水，电缆沟盖板缺失一块 ${run}`)
  await page.locator('#r-photos').setInputFiles([await photo(page)])
  await page.getByRole('img', { name: '照片 1' }).waitFor()
  await context.setOffline(true)
  await page.getByText('没有网络，内容保存在本机').waitFor()
  await report(page).click()
  await page.getByRole('alert').filter({ hasText: '未发送，已存为草稿' }).waitFor()
  await picture(page, 'phone-not-sent')
  await accessible(page, 'the report page without a network')
  await context.setOffline(false)

  // The tab is gone; another one opens later.
  const later = await context.newPage()
  await page.close()
  await later.goto(`${base}/m/report`)
  await later.getByRole('img', { name: '照片 1' }).waitFor()
  assert.equal(await later.getByLabel('隐患描述').inputValue(), `配电间门口积水，电缆沟盖板缺失一块 ${run}`)

  // The platform gets the report, but its answer is lost on the way.
  const keys = []
  await later.route('**/api/v1/records/hidden_danger', async (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    return route.abort('connectionreset')
  })
  await report(later).click()
  await later.getByText('未发送，已存为草稿').waitFor()
  await later.getByRole('button', { name: '重新发送' }).click()
  await later.getByRole('heading', { name: '已上报' }).waitFor()
  assert.equal(keys.length, 2)
  assert.equal(keys[0], keys[1])
  await close()

  const asWorker = await api('worker')
  const { total } = await asWorker('GET', `/api/v1/records/hidden_danger?q=${encodeURIComponent(`缺失一块 ${run}`)}`)
  assert.equal(total, 1)
})

test('the report page opens without a network, from what the phone keeps', async () => {
  const { page, context, close } = await person(it, 'grid', { size: PHONE, path: '/m/report' })
  await page.reload()
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await page.getByLabel('隐患描述').fill('仓库消防通道堆放托盘，宽度不足一米')
  await context.setOffline(true)
  await page.reload()
  await page.getByText('没有网络，内容保存在本机').waitFor()
  assert.equal(await page.getByLabel('隐患描述').inputValue(), '仓库消防通道堆放托盘，宽度不足一米')
  const kept = await page.evaluate(async () => {
    const caught = []
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) caught.push(new URL(request.url).pathname)
    return caught
  })
  assert.deepEqual(kept.filter((path) => path.startsWith('/api') || path.startsWith('/attachments')), [], 'nothing the platform said is in the cache')
  await close()
})

test('a grid officer says whose danger it is', async () => {
  const { page, close } = await person(it, 'grid', { size: PHONE, path: '/m/report' })
  await page.getByLabel('隐患描述').fill('雨棚立柱锈蚀，基座开裂，有倾倒可能')
  await report(page).click()
  await page.getByText('请选择企业。').waitFor()
  await page.getByRole('button', { name: /选择企业/ }).click()
  await page.getByRole('searchbox').fill('CW01')
  await page.locator('.option', { hasText: '示例・澄湾化工' }).or(page.locator('.option').first()).first().waitFor()
  await accessible(page, 'choosing an enterprise')
  await picture(page, 'phone-choose')
  await page.locator('.option').first().click()
  await report(page).click()
  await page.getByRole('heading', { name: '已上报' }).waitFor()
  await close()
})

test('the safety manager works off a task on the phone', async () => {
  const { page, close } = await person(it, 'enterprise', { size: PHONE, path: '/m' })
  await page.locator('.task').first().waitFor()
  await picture(page, 'phone-todo')
  await accessible(page, 'to-do on the phone')
  const due = await page.locator('.task time').evaluateAll((all) => all.map((one) => one.dateTime))
  assert.deepEqual(due, [...due].sort(), 'what is overdue longest comes first')
  await page.locator('.task', { hasText: `${run}a` }).click()
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.locator('.record-form').waitFor()
  await picture(page, 'phone-action')
  await accessible(page, 'an action on the phone')
  await close()
})

test('enterprises and my own page on the phone', async () => {
  const { page, close } = await person(it, 'inspector', { size: PHONE, path: '/m/enterprise' })
  await page.getByRole('searchbox').fill('CW01')
  await page.waitForURL(/q=CW01/)
  await page.locator('.one').first().waitFor()
  await accessible(page, 'enterprises on the phone')
  await page.locator('.one', { hasText: 'CW01' }).click()
  await page.locator('.figures').waitFor()
  await accessible(page, 'an enterprise on the phone')
  await picture(page, 'phone-enterprise')
  await page.goto(`${base}/m/me`)
  await page.getByRole('radio', { name: 'English' }).check()
  await page.getByRole('heading', { name: 'Me', exact: true }).waitFor()
  await accessible(page, 'my own page')
  await picture(page, 'phone-me-en')
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(/\/login/)
  await close()
})
