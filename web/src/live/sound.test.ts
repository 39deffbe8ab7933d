// The sound tells the level, and nobody silences it for long.
import { expect, test } from 'vitest'

import { MAX_MUTE_MS, muteUntil, pattern } from './sound'

test('red, orange and the rest have patterns of their own, the worst most insistent', () => {
  const [red, orange, yellow] = [pattern('red'), pattern('orange'), pattern('yellow')]
  expect(red.beeps.length).toBeGreaterThan(orange.beeps.length)
  expect(orange.beeps.length).toBeGreaterThan(yellow.beeps.length)
  expect(red.every).toBeLessThan(orange.every)
  expect(pattern('blue')).toBe(yellow)
})

test('a pattern is over before it begins again', () => {
  for (const mark of ['red', 'orange', 'yellow'] as const) {
    const { beeps, every } = pattern(mark)
    expect(Math.max(...beeps.map(({ at, seconds }) => at + seconds))).toBeLessThan(every)
  }
})

test('silence ends after ten minutes at the latest', () => {
  expect(muteUntil(0, 3_600_000)).toBe(MAX_MUTE_MS)
  expect(muteUntil(0, 60_000)).toBe(60_000)
  expect(muteUntil(5, -1)).toBe(5)
})
