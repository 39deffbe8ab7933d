// Figures, dates and times as people here write them: 24 hours, Asia/Shanghai whatever the computer is set to, `—` where nothing is known.

export const NONE = '—'
const ZONE_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const two = (n: number) => String(n).padStart(2, '0')

function parts(at: string | number | Date): { y: number; mo: number; d: number; h: number; mi: number; s: number; wd: number } | null {
  const ms = at instanceof Date ? at.getTime() : typeof at === 'number' ? at : Date.parse(at)
  if (!Number.isFinite(ms)) return null
  // China keeps one zone without summer time, so a shifted UTC reading is exact and needs no zone database.
  const local = new Date(ms + ZONE_MS)
  return { y: local.getUTCFullYear(), mo: local.getUTCMonth() + 1, d: local.getUTCDate(), h: local.getUTCHours(), mi: local.getUTCMinutes(), s: local.getUTCSeconds(), wd: local.getUTCDay() }
}

type At = string | number | Date | null | undefined

/** `2026-11-23`; a plain date passes through. */
export function date(at: At): string {
  if (at === null || at === undefined || at === '') return NONE
  if (typeof at === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(at)) return at
  const p = parts(at)
  return p ? `${p.y}-${two(p.mo)}-${two(p.d)}` : NONE
}
/** `10:20:05` */
export function time(at: At, seconds = true): string {
  if (at === null || at === undefined || at === '') return NONE
  const p = parts(at)
  return p ? `${two(p.h)}:${two(p.mi)}${seconds ? `:${two(p.s)}` : ''}` : NONE
}
/** `2026-11-23 10:20` */
export function dateTime(at: At, seconds = false): string {
  if (at === null || at === undefined || at === '') return NONE
  return parts(at) ? `${date(at)} ${time(at, seconds)}` : NONE
}
const WEEK = ['日', '一', '二', '三', '四', '五', '六']
const WEEK_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** `2026年11月23日 周一` · `Mon 2026-11-23` */
export function longDate(at: At, language: 'zh' | 'en' = 'zh'): string {
  const p = at === null || at === undefined ? null : parts(at)
  if (!p) return NONE
  return language === 'zh' ? `${p.y}年${p.mo}月${p.d}日 周${WEEK[p.wd]}` : `${WEEK_EN[p.wd]} ${date(at)}`
}
/** Local calendar day of an instant, as a number of days. */
const dayOf = (ms: number) => Math.floor((ms + ZONE_MS) / DAY_MS)

/** The day a deadline falls on: one that ends at midnight belongs to the day before. */
export const dueDay = (due: string): string => date(Date.parse(due) - 1)

export interface Remaining {
  tone: 'late' | 'soon' | 'calm'
  unit: 'days' | 'hours' | 'minutes'
  count: number
}
/** Time left until a deadline, or time since it passed. */
export function remaining(due: string, now: number): Remaining | null {
  const end = Date.parse(due)
  if (!Number.isFinite(end)) return null
  const left = end - now
  if (left <= 0) {
    const past = -left
    if (past < 3_600_000) return { tone: 'late', unit: 'minutes', count: Math.max(1, Math.floor(past / 60_000)) }
    if (past < DAY_MS) return { tone: 'late', unit: 'hours', count: Math.floor(past / 3_600_000) }
    return { tone: 'late', unit: 'days', count: Math.floor(past / DAY_MS) }
  }
  if (left < 3_600_000) return { tone: 'soon', unit: 'minutes', count: Math.max(1, Math.ceil(left / 60_000)) }
  if (left < DAY_MS) return { tone: 'soon', unit: 'hours', count: Math.ceil(left / 3_600_000) }
  const days = Math.max(1, dayOf(end - 1) - dayOf(now))
  return { tone: days <= 2 ? 'soon' : 'calm', unit: 'days', count: days }
}

/** `1,284`; at most `places` digits after the point, exactly that many where `fixed`. */
export function number(value: unknown, places = 6, fixed = false): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return NONE
  return value.toLocaleString('en-US', { minimumFractionDigits: fixed ? places : 0, maximumFractionDigits: places })
}
const UNITS: Record<string, string> = { Cel: '℃', '%': '%', '[ppm]': 'ppm', '1': '', 'm3': 'm³', 'm2': 'm²', 'm3/h': 'm³/h', 'kg/m3': 'kg/m³', '{#}': '', '{person}': '', a: '年' }
/** A unit as it is read, from the code it is stored in. */
export const unitText = (unit: string | null | undefined): string => (!unit ? '' : (UNITS[unit] ?? unit))
/** `27.4 %LEL` */
export function quantity(value: unknown, unit?: string | null, places = 6): string {
  const text = number(value, places)
  const word = unitText(unit)
  return text === NONE || !word ? text : `${text} ${word}`
}

export type MoneyUnit = 'wan' | 'yuan'
/** Fen as people read them: `4.80 万元` from ten thousand yuan upward, else `860.00 元`. */
export function money(fen: unknown, language: 'zh' | 'en' = 'zh'): string {
  if (typeof fen !== 'number' || !Number.isFinite(fen)) return NONE
  const yuan = fen / 100
  if (language === 'en') return `CNY ${number(yuan, 2, true)}`
  return Math.abs(yuan) >= 10_000 ? `${number(yuan / 10_000, 2, true)} 万元` : `${number(yuan, 2, true)} 元`
}
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
/** `119.97620 E，31.98710 N` */
export const position = (lon: number, lat: number, comma = '，'): string => `${Math.abs(lon).toFixed(5)} ${lon < 0 ? 'W' : 'E'}${comma}${Math.abs(lat).toFixed(5)} ${lat < 0 ? 'S' : 'N'}`
/** Today in Asia/Shanghai. */
export const today = (now = Date.now()): string => date(now)
