// A hidden danger from report to closure, by three people, each at their own screen.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { accessible, api, base, DESK, person, PHONE, photo, picture, withBrowser } from './harness.mjs'

const it = withBrowser()
/** The smallest picture there is. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const run = Date.now().toString(36)
const day = (offset = 0) => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10)

/** Chooses in a list that opens on demand. */
async function choose(page, label, option) {
  await page.locator('.record-form').getByLabel(label).first().click()
  await page.locator('.el-popper:visible').getByText(option, { exact: false }).first().click()
}
async function date(page, label, value) {
  const input = page.locator('.record-form').getByLabel(label).first()
  await input.fill(value)
  await input.press('Enter')
}
/** Takes a step: its button, what its form asks, and its button again. */
async function step(page, name, fill, becomes) {
  await page.locator('.bar').getByRole('button', { name, exact: true }).click()
  const form = page.locator('.record-form')
  await form.waitFor()
  await fill?.(form)
  await form.getByRole('button', { name, exact: true }).click()
  await form.waitFor({ state: 'detached' })
  await page.locator('.marks').getByText(becomes).waitFor()
}

test('found by the worker, assigned by the safety manager, rectified by the worker, closed by the manager', async () => {
  const worker = await person(it, 'worker', { path: '/records/hidden_danger' })
  const manager = await person(it, 'enterprise')
  const summary = `离心机静电接地线断开，现场有易燃液体 ${run}`

  // The worker reports it.
  await worker.page.getByRole('button', { name: '新增隐患' }).first().click()
  const form = worker.page.locator('.record-form')
  await form.getByRole('button', { name: '提交隐患' }).click()
  await form.getByText(/还有 \d 项需要修改/).waitFor()
  await accessible(worker.page, 'a form with mistakes')
  await picture(worker.page, 'form')
  await form.getByLabel('隐患描述').fill(summary)
  await choose(worker.page, '来源', '企业自查')
  await form.locator('input[type=file]').first().setInputFiles(await photo(worker.page))
  await form.locator('.photo img').first().waitFor()
  await form.getByRole('button', { name: '提交隐患' }).click()
  await form.waitFor({ state: 'detached' })
  await worker.page.locator('.detail').getByRole('heading', { name: summary }).waitFor()
  const id = new URL(worker.page.url()).searchParams.get('id') ?? (await (await api('worker'))('GET', `/api/v1/records/hidden_danger?q=${encodeURIComponent(run)}`)).items[0].id
  const address = `${base}/records/hidden_danger/${id}`

  // The safety manager registers, assesses and assigns.
  await manager.page.goto(address)
  await manager.page.getByRole('heading', { name: summary }).waitFor()
  await accessible(manager.page, 'a record')
  await step(manager.page, '登记', async (one) => {
    await one.getByLabel('部位').fill('离心岗位')
    await one.getByLabel('类别').click()
    await manager.page.locator('.el-popper:visible .el-tree-node__content').first().click()
    await one.locator('h3').first().click()
  }, '登记')
  await step(manager.page, '评估定级', async (one) => {
    await one.getByText('一般事故隐患').click()
    await one.getByLabel('风险点').fill('离心机')
  }, '评估定级')
  await step(manager.page, '下达整改', async (one) => {
    await choose(manager.page, '整改责任人', '示例丑')
    await one.getByLabel('整改措施').fill('更换接地线并测试接地电阻')
    await date(manager.page, '整改期限', day(3))
  }, '治理整改')
  await picture(manager.page, 'record')

  // The worker does it and shows it; whoever did the work does not close it.
  await worker.page.goto(address)
  await step(worker.page, '整改完成', async (one) => {
    await one.locator('input[type=file]').first().setInputFiles(await photo(worker.page, 'after.jpg'))
    await one.locator('.photo img').first().waitFor()
    await one.getByLabel('实际费用').fill('0.012')
    await date(worker.page, '完成日期', day())
  }, '企业自验')
  const closing = worker.page.locator('.bar').getByRole('button', { name: '自查销号' })
  assert.equal(await closing.isDisabled(), true)
  assert.notEqual((await worker.page.locator('.bar').textContent()).replaceAll('自查销号', '').trim(), '', 'the reason is there to read')

  // The manager closes it.
  await manager.page.reload()
  await step(manager.page, '自查销号', undefined, '销号')
  await manager.page.locator('.content').getByText('更换接地线').first().waitFor()
  await picture(manager.page, 'record-closed')
  await worker.close()
  await manager.close()

  const history = await (await api('enterprise'))('GET', `/api/v1/records/hidden_danger/${id}/history`)
  assert.deepEqual(history.items.map((one) => one.action), ['create', 'register', 'assess', 'plan', 'self_accept', 'close_own'])
})

test('whoever rectified it may not close it, and reads why, at the desk and on the phone', async () => {
  const call = await api('enterprise')
  const me = (await call('GET', '/api/v1/me')).user.id
  const file = new FormData()
  file.append('file', new Blob([Buffer.from(DOT, 'base64')]), 'proof.png')
  const { token } = await (await api())('POST', '/api/v1/session', { username: 'enterprise', password: 'anlan-demo' })
  const upload = async () => {
    const answer = await fetch(`${base}/api/v1/attachments`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: file })
    return (await answer.json()).id
  }
  let record = await call('POST', '/api/v1/records/hidden_danger', { body: { summary: `配电箱前堆放杂物，影响操作 ${run}`, source: 'self_inspection', found_on: day(), place: '二车间', photos: [await upload()] } })
  const act = async (action, body) => (record = await call('POST', `/api/v1/records/hidden_danger/${record.id}/actions/${action}`, { revision: record.revision, body }))
  await act('register', { category: 'electricity' })
  await act('assess', { level: 'general', risk_point: '配电箱' })
  await act('plan', { responsible: me, measures: '清理', rectify_by: day(1) })
  await act('self_accept', { photos_after: [await upload()], cost: 0, completed_on: day() })
  const reason = record.actions.find((one) => one.id === 'close_own').reason
  assert.ok(reason.length > 4)

  const desk = await person(it, 'enterprise', { path: `/records/hidden_danger/${record.id}`, size: DESK })
  await desk.page.getByText(reason).first().waitFor({ state: 'attached' })
  assert.equal(await desk.page.locator('.bar').getByRole('button', { name: '自查销号' }).isDisabled(), true)
  await accessible(desk.page, 'a record whose step is refused')
  await picture(desk.page, 'record-own-work')
  await desk.close()

  const phone = await person(it, 'enterprise', { path: `/m/records/hidden_danger/${record.id}`, size: PHONE })
  await phone.page.getByRole('button', { name: /可办事项|更多/ }).click()
  await phone.page.getByText(reason).waitFor()
  await accessible(phone.page, 'what may not be done on the phone')
  await picture(phone.page, 'phone-own-work')
  await phone.close()
})
