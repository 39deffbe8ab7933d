// The steps of a warning, and the drawing of the danger loop.
import { expect, test } from 'vitest'

import { drawLoop, rate } from './loop'
import { beaufort, octant, steps } from './steps'

const TO = { receive: 'received', verify: 'verifying', handle: 'handling', feed_back: 'feedback', send_back: 'handling', declare_false: 'false_alarm' }
const stages = (state: string, deeds: [string, string][]) => steps(state, '2026-11-23T02:00:00Z', deeds.map(([action, at]) => ({ action, at })), TO).map(({ stage }) => stage)

test('what is behind is done, what is at hand is now, the rest lies ahead', () => {
  expect(stages('verifying', [['receive', '2026-11-23T02:01:00Z'], ['verify', '2026-11-23T02:02:00Z']])).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead', 'ahead'])
})

test('a step that was jumped over is not said to be done', () => {
  expect(stages('handling', [['receive', '2026-11-23T02:01:00Z'], ['handle', '2026-11-23T02:02:00Z']])).toEqual(['done', 'done', 'skipped', 'now', 'ahead', 'ahead', 'ahead'])
})

test('sent back is at handling again; said to be false is still at verification; closed is done', () => {
  expect(stages('handling', [['receive', '2026-11-23T02:01:00Z'], ['handle', '2026-11-23T02:02:00Z'], ['feed_back', '2026-11-23T02:03:00Z'], ['send_back', '2026-11-23T02:04:00Z']])[4]).toBe('ahead')
  expect(stages('false_alarm', [])[2]).toBe('now')
  expect(stages('closed', [])[6]).toBe('done')
})

test('bars stand on the base line and their heights follow the figures', () => {
  const days = [{ date: '2026-11-22', found: 10, closed: 20, overdue: 5 }, { date: '2026-11-23', found: 0, closed: 5, overdue: 0 }]
  const { max, days: drawn, ticks } = drawLoop(days, 230, 132, { left: 30, bottom: 22, top: 10 })
  expect([max, ticks.map(({ value }) => value)]).toEqual([20, [0, 10, 20]])
  expect([drawn[0]!.found.height, drawn[0]!.closed.height, drawn[1]!.found.height]).toEqual([50, 100, 0])
  expect(drawn[0]!.found.y + drawn[0]!.found.height).toBe(110)
})

test('nothing found has no rate', () => {
  expect(rate([])).toBeNull()
  expect(rate([{ date: '', found: 50, closed: 40, overdue: 0 }])).toBe(80)
})

test('wind force and direction in words', () => {
  expect([0.1, 4.1, 5.6, 40].map(beaufort)).toEqual([0, 3, 4, 12])
  expect([0, 48, 350, -45, 720].map(octant)).toEqual([0, 1, 0, 7, 0])
})
