// What the browser can say about a value before the platform is asked. The platform decides again, with the same codes.
import type { Body, Field } from '../api/types'
import { holds, isEmpty } from './condition'

/** A code and what to say it with; the words stand in `fields.error_CODE`. */
export interface Wrong {
  code: 'required' | 'one_of' | 'too_short' | 'too_long' | 'too_small' | 'too_large' | 'places' | 'wrong_type' | 'phone' | 'id_card' | 'uscc' | 'email' | 'url' | 'plate' | 'too_few' | 'too_many' | 'reason' | 'server'
  n?: number | string
  text?: string
}

const length = (text: string): number => [...text.trim()].length

const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
/** Unified social credit code, GB 32100: 18 characters, the last one checks the others. */
function isUscc(text: string): boolean {
  const code = text.replace(/[\s-]/g, '').toUpperCase()
  if (code.length !== 18 || [...code].some((c) => !USCC.includes(c))) return false
  const sum = USCC_WEIGHTS.reduce((total, weight, i) => total + weight * USCC.indexOf(code[i]!), 0)
  return USCC[(31 - (sum % 31)) % 31] === code[17]
}
/** Resident identity number, GB 11643. */
function isIdCard(text: string): boolean {
  const card = text.trim().toUpperCase()
  if (!/^\d{17}[\dX]$/.test(card)) return false
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, i) => total + weight * Number(card[i]), 0)
  return '10X98765432'[sum % 11] === card[17]
}
/** Mobile, fixed line with or without area code, 400/800 numbers, service numbers, or `+` and a country's number. */
function isPhone(raw: string): boolean {
  const text = raw.trim()
  if (!/^[+\d][\d\s-]*\d$/.test(text)) return false
  const digits = text.replace(/\D/g, '').length
  if (text.startsWith('+')) return digits >= 7 && digits <= 15
  if (text.startsWith('1') && digits > 6) return digits === 11 && !/^1[012]/.test(text)
  if (text.startsWith('0')) return digits >= 10 && digits <= 12
  return (digits >= 3 && digits <= 8) || (digits === 10 && /^[48]00/.test(text))
}
const FORMS: Record<string, (text: string) => boolean> = {
  phone: isPhone,
  id_card: isIdCard,
  uscc: isUscc,
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()),
  url: (text) => /^https?:\/\/\S+$/i.test(text.trim()),
  plate: (text) => /^[\u4e00-\u9fa5][A-Z][A-Z0-9\u4e00-\u9fa5]{5,6}$/i.test(text.replace(/[\s·]/g, '')),
}

/** What is wrong with a value that is there; whether it must be there is asked of `required`. */
export function wrongWith(field: Field, value: unknown): Wrong | null {
  if (isEmpty(value)) return null
  const count = Array.isArray(value) ? value.length : 1
  const listed = field.many || ['photos', 'files', 'rows'].includes(field.type)
  if (listed && field.min !== undefined && count < field.min) return { code: 'too_few', n: field.min }
  if (listed && field.max !== undefined && count > field.max) return { code: 'too_many', n: field.max }
  if (typeof value === 'string' && (field.type === 'text' || field.type === 'long_text')) {
    const form = field.form && FORMS[field.form]
    if (form && !form(value)) return { code: field.form as Wrong['code'] }
    if (field.length && length(value) < field.length[0]) return { code: 'too_short', n: field.length[0] }
    if (field.length && length(value) > field.length[1]) return { code: 'too_long', n: field.length[1] }
  }
  if (field.type === 'integer' || field.type === 'decimal' || field.type === 'money') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return { code: 'wrong_type' }
    if (field.type !== 'decimal' && !Number.isInteger(value)) return { code: 'places', n: field.type === 'money' ? 2 : 0 }
    if (field.type === 'decimal' && field.places !== undefined && Number(value.toFixed(field.places)) !== value) return { code: 'places', n: field.places }
  }
  if (field.range) {
    const [low, high] = field.range
    const shown = (edge: number | string) => (field.type === 'money' ? Number(edge) / 100 : edge)
    if (typeof value === typeof low && (value as number) < (low as number)) return { code: 'too_small', n: shown(low) }
    if (typeof value === typeof high && (value as number) > (high as number)) return { code: 'too_large', n: shown(high) }
  }
  if (field.type === 'place') {
    const { lon, lat } = value as { lon?: unknown; lat?: unknown }
    if (typeof lon !== 'number' || typeof lat !== 'number' || Math.abs(lon) > 180 || Math.abs(lat) > 90) return { code: 'wrong_type' }
  }
  return null
}

export const isRequired = (field: Field, body: Body, state = ''): boolean =>
  field.required === true || (Array.isArray(field.required) && holds(field.required, body, state))
