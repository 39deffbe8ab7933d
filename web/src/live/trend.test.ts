// What a trend may not do: bridge a gap, join a bad reading, keep what is too old.
import { expect, test } from 'vitest'

import { bounds, push, series, tidy, usualPeriod, type Row } from './trend'

test('a silence longer than three periods is a gap', () => {
  const rows: Row[] = [[0, 1, 'good'], [1_000, 2, 'good'], [9_000, 3, 'good']]
  expect(series(rows, 1_000)).toEqual({ x: [0, 1, 2, 9], y: [1, 2, null, 3] })
})

test('two readings missing from a steady flow are not yet a gap', () => {
  expect(series([[0, 1, 'good'], [2_400, 2, 'good']], 1_000).y).toEqual([1, 2])
})

test('a reading of bad quality breaks the line and does not draw a value', () => {
  expect(series([[0, 1, 'good'], [1_000, 99, 'bad'], [2_000, 2, 'good']], 1_000).y).toEqual([1, null, 2])
})

test('the later of two rows with one time is the correction', () => {
  expect(tidy([[2_000, 5], [1_000, 1], [2_000, 6]])).toEqual([[1_000, 1], [2_000, 6]])
})

test('a new reading goes to the end, a late one to its place, an old one falls off', () => {
  const start: Row[] = [[1_000, 1, 'good'], [3_000, 3, 'good']]
  expect(push(start, { p: 'P', t: 2_000, v: 2, q: 'good' }, 3_000, 10_000).map(([t]) => t)).toEqual([1_000, 2_000, 3_000])
  expect(push(start, { p: 'P', t: '1970-01-01T00:00:12Z', v: 4, q: 'good' }, 12_000, 10_000).map(([t]) => t)).toEqual([3_000, 12_000])
})

test('the usual distance of readings is their median', () => {
  expect(usualPeriod([[0, 1], [1_000, 1], [2_000, 1], [60_000, 1], [61_000, 1]], 5_000)).toBe(1_000)
  expect(usualPeriod([[0, 1]], 5_000)).toBe(5_000)
})

test('limits stay inside the axis, and its ends are round', () => {
  expect(bounds([3, 4, null], [10, 25])).toEqual([0, 30])
  const [low, high] = bounds([88, 91.2], [90])
  expect(low).toBeGreaterThan(80)
  expect(high).toBeGreaterThanOrEqual(91.2)
  expect(bounds([], [])).toEqual([0, 1])
})
