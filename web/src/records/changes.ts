// What an entry of the history filled in, read back into values that field displays can show.
import type { Field, HistoryItem, Kind } from '../api/types'
import { isEmpty } from './condition'
import { fieldOf } from './kinds'

export interface Change {
  field: Field
  from: unknown
  to: unknown
}
export function changesOf(kind: Kind, item: HistoryItem): Change[] {
  return item.changes
    .map(({ field, from, to }) => ({ field: fieldOf(kind, field.replace(/^body\./, '')), from, to }))
    .filter((change): change is Change => change.field !== undefined)
}
/** For the timeline: what is new, without what the platform worked out itself. */
export const filledIn = (kind: Kind, item: HistoryItem): Change[] => changesOf(kind, item).filter((change) => !isEmpty(change.to) && !change.field.derived)
export const isPicture = (field: Field): boolean => field.type === 'photos' || field.type === 'signature'
export const isText = (field: Field): boolean => field.type === 'long_text'
/** What rows a table got: all of it when it is new, else the added ones. */
export function addedRows(change: Change): unknown {
  if (change.field.type !== 'rows' || !Array.isArray(change.from) || !Array.isArray(change.to)) return change.to
  const before = new Set((change.from as { id?: unknown }[]).map((row) => row.id))
  return (change.to as { id?: unknown }[]).filter((row) => !before.has(row.id))
}
