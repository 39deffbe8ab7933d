// Codes that may be chosen on a day, and the words of those that were.
import type { Body, Code, Field } from '../api/types'
import { today } from '../ui/format'

/** The day on which codes must be in force: the field's own, or today. */
const dayOf = (field: Field, body: Body): string => {
  const judged = field.judged_on ? body[field.judged_on] : undefined
  return typeof judged === 'string' ? judged.slice(0, 10) : today()
}
/** Codes in force, and those already chosen, which a record keeps after they ended. */
export function codesFor(field: Field, body: Body, chosen: unknown): Code[] {
  const day = dayOf(field, body)
  const kept = new Set(Array.isArray(chosen) ? chosen : [chosen])
  return (field.codes ?? []).filter((code) => kept.has(code.code) || ((!code.from || code.from <= day) && (!code.to || code.to >= day)))
}
export const codeOf = (field: Field, code: unknown): Code | undefined => field.codes?.find((one) => one.code === code)

export interface Branch {
  value: string
  label: string
  children?: Branch[]
}
export function branches(codes: Code[], word: (code: Code) => string): Branch[] {
  const here = new Set(codes.map((code) => code.code))
  const below = (parent: string | undefined): Branch[] =>
    codes
      .filter((code) => (parent === undefined ? !code.parent || !here.has(code.parent) : code.parent === parent))
      .map((code) => {
        const children = below(code.code)
        return { value: code.code, label: word(code), ...(children.length ? { children } : {}) }
      })
  return below(undefined)
}
