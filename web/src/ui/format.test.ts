// Figures and times read as people here write them, whatever the computer is set to.
import { describe, expect, it } from 'vitest'

import { date, dateTime, dueDay, fileSize, longDate, money, NONE, number, position, quantity, remaining, time } from './format'

describe('times are those of Asia/Shanghai', () => {
  it('across midnight', () => {
    expect(date('2026-11-22T16:00:00Z')).toBe('2026-11-23')
    expect(dateTime('2026-11-22T15:59:59Z')).toBe('2026-11-22 23:59')
    expect(time('2026-11-23T02:20:05Z')).toBe('10:20:05')
    expect(longDate('2026-11-23T02:20:05Z')).toBe('2026年11月23日 周一')
    expect(longDate('2026-11-23T02:20:05Z', 'en')).toBe('Mon 2026-11-23')
  })
  it('a plain date is a day, not a moment', () => expect(date('2026-11-23')).toBe('2026-11-23'))
  it('a missing time is a dash', () => expect([date(undefined), time(null), dateTime(''), dateTime('nonsense')]).toEqual([NONE, NONE, NONE, NONE]))
})

describe('a deadline', () => {
  const now = Date.parse('2026-11-23T10:00:00+08:00')
  const due = (text: string) => remaining(text, now)
  it('that ends at midnight belongs to the day before', () => expect(dueDay('2026-11-26T16:00:00Z')).toBe('2026-11-26'))
  it('counts calendar days that are left', () => {
    expect(due('2026-11-27T00:00:00+08:00')).toEqual({ tone: 'calm', unit: 'days', count: 3 })
    expect(due('2026-11-25T00:00:00+08:00')).toEqual({ tone: 'soon', unit: 'days', count: 1 })
  })
  it('counts hours and minutes on the last day', () => {
    expect(due('2026-11-23T15:00:00+08:00')).toEqual({ tone: 'soon', unit: 'hours', count: 5 })
    expect(due('2026-11-23T10:00:30+08:00')).toEqual({ tone: 'soon', unit: 'minutes', count: 1 })
  })
  it('says how long it is past', () => {
    expect(due('2026-11-22T09:00:00+08:00')).toEqual({ tone: 'late', unit: 'days', count: 1 })
    expect(due('2026-11-23T07:30:00+08:00')).toEqual({ tone: 'late', unit: 'hours', count: 2 })
    expect(due('2026-11-23T10:00:00+08:00')).toEqual({ tone: 'late', unit: 'minutes', count: 1 })
  })
})

describe('figures', () => {
  it('group thousands, and zero is zero', () => expect([number(1284), number(0), number(undefined), number(Number.NaN)]).toEqual(['1,284', '0', NONE, NONE]))
  it('carry their unit after a space', () => expect([quantity(27.4, '%LEL'), quantity(25, 'Cel', 1), quantity(3, '1'), quantity(null, 'MPa')]).toEqual(['27.4 %LEL', '25 ℃', '3', NONE]))
  it('money is fen inside and 万元 or 元 outside', () => {
    expect(money(4_800_000)).toBe('4.80 万元')
    expect(money(86_000)).toBe('860.00 元')
    expect(money(4_800_000, 'en')).toBe('CNY 48,000.00')
    expect(money(undefined)).toBe(NONE)
  })
  it('positions and sizes', () => {
    expect(position(119.9762, 31.9871)).toBe('119.97620 E，31.98710 N')
    expect(fileSize(400 * 1024)).toBe('400 KB')
  })
})
