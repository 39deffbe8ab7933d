// What was typed and not yet sent, kept on this computer under one name a form.
import type { Body } from '../api/types'

export interface Draft {
  body: Body
  comment?: string
  enterprise?: string
  at: number
}
const PREFIX = 'anlan.draft.'
const DAYS = 30 * 86_400_000

export function readDraft(name: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null') as Draft | null
    return draft && Date.now() - draft.at < DAYS ? draft : null
  } catch {
    return null
  }
}
/** Says whether it was kept: a full or forbidden store loses nothing that the person was promised. */
export function keepDraft(name: string, draft: Omit<Draft, 'at'>): boolean {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ ...draft, at: Date.now() }))
    return true
  } catch {
    return false
  }
}
export const dropDraft = (name: string): void => localStorage.removeItem(PREFIX + name)
