// The order of alarms, their colour, and how long something has lasted.

import type { Alarm, AlarmState, Mark, Priority } from './types'

export const MARKS: readonly Mark[] = ['red', 'orange', 'yellow', 'blue']
const RANK: Record<Priority, number> = { highest: 0, high: 1, medium: 2, low: 3 }
const STANDING: readonly AlarmState[] = ['unack_active', 'acked_active', 'rtn_unack']

export const markOf = (priority: Priority): Mark => MARKS[RANK[priority]] ?? 'blue'
export const markRank = (mark: string | null | undefined): number => {
  const at = MARKS.indexOf(mark as Mark)
  return at < 0 ? MARKS.length : at
}
export const unacked = (alarm: Pick<Alarm, 'state'>): boolean => alarm.state === 'unack_active' || alarm.state === 'rtn_unack'
export const standing = (alarm: Pick<Alarm, 'state'>): boolean => STANDING.includes(alarm.state)
/** The condition still holds. */
export const active = (alarm: Pick<Alarm, 'state'>): boolean => alarm.state === 'unack_active' || alarm.state === 'acked_active'

/** Unacknowledged first, then the level, then the newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    Number(unacked(b)) - Number(unacked(a)) ||
    RANK[a.priority] - RANK[b.priority] ||
    Date.parse(b.raised_at) - Date.parse(a.raised_at) ||
    a.id.localeCompare(b.id)
  )
}

/** The list with this alarm put in, replaced, or (once it no longer stands) taken out. */
export function withAlarm(list: readonly Alarm[], alarm: Alarm): Alarm[] {
  const rest = list.filter((other) => other.id !== alarm.id)
  return standing(alarm) ? [...rest, alarm].sort(byUrgency) : rest
}

export interface Span {
  days: number
  hours: number
  minutes: number
  seconds: number
}

export function span(ms: number): Span {
  const s = Math.max(0, Math.floor(ms / 1000))
  return { days: Math.floor(s / 86400), hours: Math.floor(s / 3600) % 24, minutes: Math.floor(s / 60) % 60, seconds: s % 60 }
}

/** `00:01:43`; beyond a day the hours go on counting. */
export function clock(ms: number): string {
  const { days, hours, minutes, seconds } = span(ms)
  return [days * 24 + hours, minutes, seconds].map((n) => String(n).padStart(2, '0')).join(':')
}

/** The two units that matter, for words such as "8 min" or "1 h 13 min"; the caller owns the words. */
export function inWords(ms: number, word: (unit: 'day' | 'hour' | 'minute' | 'second', n: number) => string): string {
  const { days, hours, minutes, seconds } = span(ms)
  if (days > 0) return word('day', days) + (hours > 0 ? word('hour', hours) : '')
  if (hours > 0) return word('hour', hours) + (minutes > 0 ? word('minute', minutes) : '')
  if (minutes > 0) return word('minute', minutes) + (minutes < 5 && seconds > 0 ? word('second', seconds) : '')
  return word('second', seconds)
}
