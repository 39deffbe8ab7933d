// The order of the alarm list and the elapsed time, as the duty officer reads them.
import { expect, test } from 'vitest'

import { byUrgency, clock, inWords, markOf, withAlarm } from './alarms'
import type { Alarm, AlarmState, Priority } from './types'

const alarm = (id: string, state: AlarmState, priority: Priority, raised_at: string): Alarm => ({ id, state, priority, raised_at, rule: 'R', point: 'P', side: 'high', condition: 'H', value: 1, limit: 1 })
const ids = (alarms: readonly Alarm[]) => alarms.map(({ id }) => id)

test('unacknowledged alarms lead, then the level, then the newest', () => {
  const list = [
    alarm('old_high', 'acked_active', 'high', '2026-11-23T02:00:00Z'),
    alarm('low_waiting', 'unack_active', 'low', '2026-11-23T01:00:00Z'),
    alarm('new_high', 'acked_active', 'high', '2026-11-23T02:10:00Z'),
    alarm('returned_waiting', 'rtn_unack', 'highest', '2026-11-23T00:00:00Z'),
    alarm('worst_acked', 'acked_active', 'highest', '2026-11-22T00:00:00Z'),
  ]
  expect(ids([...list].sort(byUrgency))).toEqual(['returned_waiting', 'low_waiting', 'worst_acked', 'new_high', 'old_high'])
})

test('an alarm heard of replaces its older self and leaves once it no longer stands', () => {
  const first = alarm('a', 'unack_active', 'high', '2026-11-23T02:00:00Z')
  const list = withAlarm([], first)
  const acked = withAlarm(list, { ...first, state: 'acked_active' })
  expect(acked.map(({ state }) => state)).toEqual(['acked_active'])
  expect(withAlarm(acked, { ...first, state: 'normal' })).toEqual([])
  expect(withAlarm(acked, { ...first, state: 'shelved' })).toEqual([])
})

test('each priority has the colour of its level', () => {
  expect((['highest', 'high', 'medium', 'low'] as const).map(markOf)).toEqual(['red', 'orange', 'yellow', 'blue'])
})

test('the clock counts up past a day and never below zero', () => {
  expect(clock(103_400)).toBe('00:01:43')
  expect(clock(26 * 3_600_000 + 61_000)).toBe('26:01:01')
  expect(clock(-5_000)).toBe('00:00:00')
})

test('a span is said in its two leading units', () => {
  const say = (ms: number) => inWords(ms, (unit, n) => `${n}${unit[0]}`)
  expect([say(43_000), say(103_000), say(8 * 60_000 + 5_000), say(73 * 60_000), say(3_600_000), say(50 * 3_600_000)]).toEqual(['43s', '1m43s', '8m', '1h13m', '1h', '2d2h'])
})
