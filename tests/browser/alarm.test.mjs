// A reading above its limit: the alarm stands on the board and on the duty screen by itself, and is acknowledged there.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { api, base, basic, person, picture, WALL, withBrowser } from './harness.mjs'

const it = withBrowser()
let send, point, rule, supervisor

before(async () => {
  const enterprise = await api('enterprise')
  supervisor = await api('duty')
  const active = new Set((await supervisor('GET', '/api/v1/alarms?state=active&size=200')).items.map((one) => one.point))
  const { items } = await enterprise('GET', '/api/v1/points?quantity=combustible_gas&size=100')
  const rules = (await enterprise('GET', '/api/v1/records/alarm_rule?size=200')).items
  point = items.find((one) => !active.has(one.id) && rules.some((each) => each.body.point === one.id && each.body.hh !== undefined))
  assert.ok(point, 'a gas detector that is not in alarm')
  rule = rules.find((one) => one.body.point === point.id)
  const call = await api()
  const [gateway] = (await enterprise('GET', '/api/v1/gateways')).items
  /** Readings of the last seconds, the newest now: longer than any delay of the rule. */
  send = (value) => {
    const delay = Math.max(rule.body.on_delay_s ?? 0, rule.body.off_delay_s ?? 0) + 3
    const now = Date.now()
    const readings = Array.from({ length: delay + 1 }, (_, i) => ({ p: point.id, t: new Date(now - (delay - i) * 1000).toISOString(), v: value, q: 'good' }))
    return call('POST', '/api/v1/samples', readings, basic(gateway.id, 'anlan-demo'))
  }
})

test('it appears without reloading, is acknowledged in the browser, and both screens show that', async () => {
  const board = await person(it, 'enterprise', { path: '/alarms' })
  const wall = await person(it, 'duty', { path: '/screen', size: WALL })
  await wall.page.getByRole('tablist').first().waitFor()
  await board.page.getByRole('table').waitFor()
  const row = board.page.locator('tbody tr', { hasText: point.name }).filter({ has: board.page.getByRole('button', { name: /确认报警/ }) })
  const onWall = wall.page.locator('#alarm-rows li', { hasText: point.name })

  const receipt = await send(Math.min(point.span[1], rule.body.hh * 1.2))
  assert.equal(receipt.rejected.length, 0)
  await row.first().waitFor()
  await onWall.first().waitFor()
  await picture(board.page, 'alarms')
  await picture(wall.page, 'duty-alarm')
  const { items } = await supervisor('GET', `/api/v1/alarms?state=active&point=${point.id}`)
  assert.ok(items.length >= 1)

  await row.first().getByRole('button', { name: /确认报警/ }).click()
  await row.first().waitFor({ state: 'detached' })
  await onWall.getByText('已确认').first().waitFor()
  const alarm = (await supervisor('GET', `/api/v1/alarms?state=active&point=${point.id}`)).items[0]
  assert.equal(alarm.state, 'acked_active')
  await board.close()
  await wall.close()
})

test('when the value is well again, the alarm leaves the board by itself', async () => {
  const board = await person(it, 'enterprise', { path: '/alarms' })
  const row = board.page.locator('tbody tr', { hasText: point.name })
  await row.first().waitFor()
  await send(0)
  await row.first().waitFor({ state: 'detached' })
  await board.close()
})
