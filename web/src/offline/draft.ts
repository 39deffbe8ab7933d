// A report that is not sent yet. Every key press is kept, so that neither a lost connection nor a killed tab loses it.
import type { Body } from '../api/types'
import { newKey } from '../api/client'
import { photos, type KeptPhoto } from './db'

export interface Draft {
  /** Also the idempotency key: the same draft is never reported twice. */
  id: string
  kind: string
  enterprise?: { id: string; name: string }
  body: Body
  /** What was sent when no answer came; the platform may have it. */
  tried?: { body: Body; enterprise?: string }
  touched?: boolean
}

const keyOf = (user: string, kind: string) => `anlan.phone.draft.${user}.${kind}`
export const newDraft = (kind: string): Draft => ({ id: newKey(), kind, body: {} })

export function loadDraft(user: string, kind: string): Draft | null {
  try {
    const text = localStorage.getItem(keyOf(user, kind))
    return text ? (JSON.parse(text) as Draft) : null
  } catch {
    return null
  }
}
export const saveDraft = (user: string, draft: Draft): void => localStorage.setItem(keyOf(user, draft.kind), JSON.stringify(draft))

export async function dropDraft(user: string, draft: Draft): Promise<void> {
  localStorage.removeItem(keyOf(user, draft.kind))
  for (const photo of await photos.of(draft.id)) await photos.drop(photo.id)
}
export const photosOf = (draft: Draft): Promise<KeptPhoto[]> => photos.of(draft.id)
