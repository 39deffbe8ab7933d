// Sends a draft: photos first, each once, then the report under the draft's own key, so that trying again never reports twice.
import { api, ApiError, call } from '../../api/client'
import type { Attachment, Body, Rec } from '../../api/types'
import { photos as kept, type KeptPhoto } from '../../offline/db'
import type { Draft } from '../../offline/draft'

/** The platform forgets a file that no record took up within a day. */
const FRESH_MS = 20 * 3_600_000
const PATIENCE_MS = 45_000

/** A hanging connection is no connection: after a while the attempt counts as not answered. */
async function within<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), PATIENCE_MS)
  try {
    return await ask(end.signal)
  } catch (error) {
    throw end.signal.aborted ? new ApiError(0, { code: 'offline' }) : error
  } finally {
    clearTimeout(timer)
  }
}

async function upload(photo: KeptPhoto): Promise<string> {
  if (photo.attachment && Date.now() - (photo.uploadedAt ?? 0) < FRESH_MS) return photo.attachment
  const form = new FormData()
  form.append('file', photo.blob, photo.name)
  const answer = await within((signal) => call<Attachment>('POST', '/api/v1/attachments', { form, signal }))
  photo.attachment = answer.id
  photo.uploadedAt = Date.now()
  await kept.put(photo)
  return answer.id
}

export interface Sent {
  record: Rec
  /** Later changes that the platform did not take. */
  lost?: string
}
/** `uploaded` hears the number of the photo under way; `save` keeps the draft before anything that may be answered without our hearing it. */
export async function sendReport(draft: Draft, photos: KeptPhoto[], uploaded: (n: number) => void, save: () => void): Promise<Sent> {
  const ids: string[] = []
  for (const [i, photo] of photos.entries()) {
    uploaded(i + 1)
    ids.push(await upload(photo))
  }
  uploaded(0)
  const wanted: Body = { ...draft.body, ...(ids.length ? { photos: ids } : {}) }
  // If the last attempt got no answer, the platform may have it: the same request again gives the same answer, and changes follow.
  const request = draft.tried ?? { body: wanted, ...(draft.enterprise ? { enterprise: draft.enterprise.id } : {}) }
  draft.tried = request
  save()
  const record = await within((signal) => call<Rec>('POST', `/api/v1/records/${draft.kind}`, { body: request, key: draft.id, signal })).catch((error: unknown) => {
    if (!(error instanceof ApiError) || !isUnknown(error)) delete draft.tried
    save()
    throw error
  })
  const changed = difference(request.body, wanted)
  if (!Object.keys(changed).length) return { record }
  try {
    return { record: await api.edit(draft.kind, record.id, record.revision, changed) }
  } catch (error) {
    return { record, lost: error instanceof ApiError ? error.detail : String(error) }
  }
}

/** Nobody knows whether the platform did it. */
export const isUnknown = (error: ApiError): boolean => error.status === 0 || error.status >= 500 || error.code === 'in_progress'

export function difference(before: Body, after: Body): Body {
  const out: Body = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) out[name] = after[name] ?? null
  }
  return out
}
