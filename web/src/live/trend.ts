// A trend as the chart draws it: gaps stay gaps, bad readings are not joined, old ones fall off the left edge.

import type { Quality, Sample } from './types'

export type Row = [t: number, value: number | null, quality?: Quality]
export interface Series {
  /** Seconds, as the chart wants them. */
  x: number[]
  y: (number | null)[]
}

export const toMs = (t: string | number): number => (typeof t === 'number' ? t : Date.parse(t))

/** Rows sorted by time, one per time (the later one is the correction). */
export function tidy(rows: readonly Row[]): Row[] {
  const byTime = new Map<number, Row>()
  for (const row of rows) byTime.set(row[0], row)
  return [...byTime.values()].sort((a, b) => a[0] - b[0])
}

/** Longer than this without a reading is a gap; it is never bridged by a line. */
export const gapMs = (periodMs: number): number => Math.max(3 * periodMs, 2_500)

export function series(rows: readonly Row[], periodMs: number): Series {
  const x: number[] = []
  const y: (number | null)[] = []
  const limit = gapMs(periodMs)
  let last: number | null = null
  for (const [t, value, quality] of rows) {
    if (last !== null && t - last > limit) {
      x.push((last + periodMs) / 1000)
      y.push(null)
    }
    x.push(t / 1000)
    y.push(quality === 'bad' || value === null ? null : value)
    last = t
  }
  return { x, y }
}

/** The rows with one more reading, without those older than `keepMs` before `now`. */
export function push(rows: Row[], sample: Sample, now: number, keepMs: number): Row[] {
  const row: Row = [toMs(sample.t), sample.v, sample.q]
  const last = rows[rows.length - 1]
  const all = !last || row[0] > last[0] ? [...rows, row] : tidy([...rows, row])
  const from = now - keepMs
  let first = 0
  while (first < all.length && (all[first] as Row)[0] < from) first += 1
  return first > 0 ? all.slice(first) : all
}

/** The value that came most often as the distance between readings, or the fallback. */
export function usualPeriod(rows: readonly Row[], fallbackMs: number): number {
  const steps: number[] = []
  for (let i = 1; i < rows.length; i += 1) steps.push((rows[i] as Row)[0] - (rows[i - 1] as Row)[0])
  if (steps.length === 0) return fallbackMs
  steps.sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] || fallbackMs
}

/** Bounds of the vertical axis with the limits inside and round ends. */
export function bounds(values: readonly (number | null)[], limits: readonly number[]): [number, number] {
  const all = [...values.filter((v): v is number => v !== null && Number.isFinite(v)), ...limits]
  if (all.length === 0) return [0, 1]
  let low = Math.min(...all)
  let high = Math.max(...all)
  const pad = (high - low || Math.abs(high) || 1) * 0.12
  // Most quantities never go below zero, and an axis that begins there is read faster.
  low = low >= 0 && low - pad < high * 0.35 ? 0 : low - pad
  high += pad
  const step = 10 ** Math.floor(Math.log10((high - low) / 4))
  const nice = [1, 2, 2.5, 5, 10].map((m) => m * step).find((s) => (high - low) / s <= 5) ?? step * 10
  return [Math.floor(low / nice) * nice, Math.ceil(high / nice) * nice]
}
