// Alarms in words: what is measured, what is wrong, how much.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import { inWords } from './alarms'
import { useSeenKind } from './queries'
import type { Alarm, Words } from './types'

/** Four significant digits, without a tail of zeros. */
export function figure(value: number | string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  const n = Number(value)
  if (!Number.isFinite(n)) return '—'
  const places = Math.abs(n) >= 1000 ? 0 : Math.abs(n) >= 10 ? 1 : Math.abs(n) >= 1 ? 2 : 3
  const text = n.toFixed(places)
  return places > 0 ? text.replace(/\.?0+$/, '') : text
}

/** With a fixed number of digits: a value that changes every second must not change its width. */
export const steady = (value: number | null | undefined): string => (value === null || value === undefined ? '—' : value.toFixed(Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 2))

export const withUnit = (value: number | string | null | undefined, unit: string | null | undefined): string =>
  value === null || value === undefined ? '—' : unit ? `${figure(value)} ${unitSign(unit)}` : figure(value)

/** UCUM writes some units as no reader would. */
export function unitSign(unit: string): string {
  const signs: Record<string, string> = { Cel: '℃', '[ppm]': 'ppm', '{person}': '', '1': '' }
  return signs[unit] ?? unit
}

export function useAlarmWords() {
  const { t, locale } = useI18n()
  const rule = useSeenKind('alarm_rule')
  const say = (words: Words | undefined): string => (words ? (locale.value.startsWith('zh') ? words.zh : words.en) : '')
  const quantities = computed(() => {
    const codes = rule.data.value?.fields.find((field) => field.id === 'quantity')?.codes ?? []
    return new Map(codes.map(({ code, label }) => [code, label]))
  })
  const quantity = (alarm: Alarm): string => say(quantities.value.get(alarm.quantity ?? '')) || alarm.point_name || alarm.point
  const condition = (alarm: Pick<Alarm, 'condition'>): string => t(`alarms.condition.${alarm.condition}`)
  const measured = (alarm: Alarm): boolean => !['stale', 'bad_quality'].includes(alarm.condition) && alarm.value !== null
  return {
    say,
    quantity,
    condition,
    /** `可燃气体高报 27.4 %LEL` */
    title: (alarm: Alarm): string => t(measured(alarm) ? 'alarms.title' : 'alarms.title_without_value', { what: quantity(alarm), how: condition(alarm), value: withUnit(alarm.value, alarm.unit) }),
    place: (alarm: Alarm): string => [alarm.hazard_unit?.title, alarm.point_name ?? alarm.point].filter(Boolean).join(' '),
    priority: (alarm: Pick<Alarm, 'priority'>): string => t(`alarms.priority.${alarm.priority}`),
    state: (alarm: Pick<Alarm, 'state'>): string => t(`alarms.state.${alarm.state}`),
    lasted: (ms: number): string => inWords(ms, (unit, n) => t(`alarms.span.${unit}`, { n })),
  }
}

const clockTime = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' })
/** `10:20:05`, Asia/Shanghai, whatever the workstation is set to. */
export const timeOf = (at: string | number | Date): string => clockTime.format(new Date(at)).replace(/^24/, '00')
/** `2026-11-23` */
export const dateOf = (at: string | number | Date): string => day.format(new Date(at))
/** The time alone today, with the date before that. */
export const momentOf = (at: string, now: number): string => (dateOf(at) === dateOf(now) ? timeOf(at) : `${dateOf(at).slice(5)} ${timeOf(at).slice(0, 5)}`)
