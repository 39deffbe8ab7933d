// What the stream says lands in the lists that are open, without losing what only the lists knew.
import { QueryClient } from '@tanstack/vue-query'
import { expect, test } from 'vitest'

import { keys, putAlarm, putWarning } from './cache'
import type { Alarm, Page, Warning } from './types'

const page = <T>(items: T[]): Page<T> => ({ items, total: items.length, page: 1, size: 200 })
const warning = (extra: object): Warning => ({ id: 'W', kind: 'warning', number: 'YJ-1', title: '', state: 'issued', revision: 1, created_at: '', updated_at: '', body: { hazard_unit: 'U', colour: 'blue', terms: [] }, ...extra }) as Warning

test('a worse warning recolours its unit and keeps the names', () => {
  const client = new QueryClient()
  client.setQueryData(keys.openWarnings, page([warning({ enterprise: { id: 'E', code: 'E', name: '示例' }, state_label: { zh: '已发布', en: 'Issued' } })]))
  putWarning(client, warning({ revision: 2, enterprise: 'E', body: { hazard_unit: 'U', colour: 'orange', terms: [] } }))
  const [now] = client.getQueryData<Page<Warning>>(keys.openWarnings)!.items
  expect([now?.body.colour, now?.enterprise?.name, now?.state_label?.zh]).toEqual(['orange', '示例', '已发布'])
})

test('a late older word changes nothing; a closed warning leaves', () => {
  const client = new QueryClient()
  client.setQueryData(keys.openWarnings, page([warning({ revision: 5 })]))
  putWarning(client, warning({ revision: 4, state: 'closed' }))
  expect(client.getQueryData<Page<Warning>>(keys.openWarnings)!.total).toBe(1)
  putWarning(client, warning({ revision: 6, state: 'closed' }))
  expect(client.getQueryData<Page<Warning>>(keys.openWarnings)!.total).toBe(0)
})

test('a new alarm joins the list, and nothing is invented where no list is open', () => {
  const client = new QueryClient()
  const alarm = { id: 'A', state: 'unack_active', priority: 'high', raised_at: '2026-11-23T02:00:00Z' } as Alarm
  putAlarm(client, alarm)
  expect(client.getQueryData(keys.activeAlarms)).toBeUndefined()
  client.setQueryData(keys.activeAlarms, page<Alarm>([]))
  putAlarm(client, alarm)
  expect(client.getQueryData<Page<Alarm>>(keys.activeAlarms)).toMatchObject({ total: 1, items: [{ id: 'A' }] })
})
