// Descriptions of kinds, and what lists show of them.
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { api } from '../api/client'
import type { Field, Kind, Rec, Words } from '../api/types'

export const kindKey = (kind: string) => ['kinds', 'one', kind] as const

export function useKind(kind: MaybeRefOrGetter<string>) {
  return useQuery({ queryKey: computed(() => kindKey(toValue(kind))), queryFn: () => api.kind(toValue(kind)), enabled: computed(() => toValue(kind) !== ''), staleTime: 10 * 60_000 })
}
export const useKinds = () => useQuery({ queryKey: ['kinds', 'all'], queryFn: api.kinds, staleTime: 60_000 })

export const fieldOf = (kind: Kind, id: string): Field | undefined => kind.fields.find((field) => field.id === id)

const ENVELOPE = ['number', 'title', 'enterprise', 'region', 'sector', 'state', 'owner', 'due_at', 'created_at', 'updated_at'] as const
export type Word = (typeof ENVELOPE)[number]
export const isWord = (id: string): id is Word => (ENVELOPE as readonly string[]).includes(id)

export interface Column {
  id: string
  field?: Field
  word?: Word
  /** A key of the browser's words, or the platform's own. */
  label: string | Words
  sortable: boolean
  figure: boolean
}
export function columnOf(kind: Kind, id: string): Column | null {
  const field = fieldOf(kind, id)
  if (field) {
    const marked = id === kind.title ? 'title' : undefined
    return { id, field, word: marked, label: field.label, sortable: !!field.index, figure: ['integer', 'decimal', 'money'].includes(field.type) && !field.many }
  }
  return isWord(id) ? { id, word: id, label: `records.word_${id}`, sortable: ['number', 'title', 'state', 'due_at', 'created_at', 'updated_at'].includes(id), figure: false } : null
}
/** The state stands last, the level first, as people look for them there; the number is always the way in. */
export function columnsOf(kind: Kind, ids: string[]): Column[] {
  const wanted = ids.length ? ids : kind.list.columns
  const all = wanted.includes('number') || wanted.includes('title') || (kind.title && wanted.includes(kind.title)) ? wanted : ['number', ...wanted]
  return all.map((id) => columnOf(kind, id)).filter((column): column is Column => column !== null)
}
export const stateOf = (kind: Kind, record: Rec) => kind.states.find((state) => state.id === record.state)
/** Nobody has to do anything with it any more. */
export const isSettled = (kind: Kind, record: Rec): boolean => {
  const state = stateOf(kind, record)
  return !!state && (state.final || state.standing)
}
/** Nothing to write down that the record did not say itself. */
export const placeOf = (record: Rec): string | Words => record.region_name ?? record.region ?? ''
