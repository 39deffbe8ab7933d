// A form of a kind: which fields it shows, what is wrong with them, and what is sent. It knows nothing of how it looks.
import { computed, reactive, ref, type Ref } from 'vue'

import { ApiError, type FieldError } from '../api/client'
import type { Body, Field, Kind, Need, Rec } from '../api/types'
import { today } from '../ui/format'
import { holds, isEmpty } from './condition'
import { fieldOf } from './kinds'
import { isRequired, wrongWith, type Wrong } from './validate'

export interface FormWish {
  kind: Kind
  needs: Need[]
  asks: string[]
  /** What the record has now; empty for a new one. */
  stored: Body
  state: string
  /** Rows are added one at a time by an action, and whole by other forms. */
  oneRow: boolean
  defaults: boolean
  reason: boolean
  me?: string
}
export interface Section {
  id: string
  fields: Field[]
}

/** The value that a new record starts with. */
export function startOf(field: Field, me?: string, now = Date.now()): unknown {
  if (field.default === undefined) return undefined
  if (field.default === 'today' && field.type === 'date') return today(now)
  if (field.default === 'now' && field.type === 'instant') return new Date(Math.floor(now / 60_000) * 60_000).toISOString()
  if (field.default === 'me') return me && (field.many ? [me] : me)
  if (field.default === 'my_enterprise') return undefined
  return field.default
}
const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

export function useForm(wish: FormWish) {
  const { kind } = wish
  const names = new Set([...wish.needs.flat(), ...wish.asks])
  // In the kind's own order, whatever the order of the wishes.
  const fields = kind.fields
    .filter((field) => names.has(field.id) && !field.derived && !(field.fixed && wish.state && !isEmpty(wish.stored[field.id])))
    .map((field) => (field.type === 'rows' && wish.oneRow ? { ...field, min: undefined, max: 1 } : field))

  const begin: Body = {}
  for (const field of fields) {
    const kept = field.type === 'rows' && wish.oneRow ? undefined : copy(wish.stored[field.id])
    const value = kept ?? (wish.defaults ? startOf(field, wish.me) : undefined)
    if (value !== undefined) begin[field.id] = value
    if (field.type === 'rows' && wish.oneRow && wish.needs.includes(field.id)) begin[field.id] = [{}]
  }
  const typed = reactive<Body>(copy(begin))
  const comment = ref('')
  const touched = reactive(new Set<string>())
  const asked = ref(false)
  const refused = ref<FieldError[]>([]) as Ref<FieldError[]>

  /** The record as it would be: conditions are asked of this. */
  const whole = computed<Body>(() => ({ ...wish.stored, ...Object.fromEntries(fields.map((field) => [field.id, typed[field.id]])) }))
  const groupShown = (id: string | undefined) => holds(kind.groups.find((group) => group.id === id)?.visible, whole.value, wish.state)
  const shown = computed(() => fields.filter((field) => holds(field.visible, whole.value, wish.state) && groupShown(field.group)))
  const sections = computed<Section[]>(() => {
    const out: Section[] = []
    for (const field of shown.value) {
      const id = field.group ?? ''
      const section = out.find((one) => one.id === id)
      if (section) section.fields.push(field)
      else out.push({ id, fields: [field] })
    }
    return out
  })

  const singles = new Set(wish.needs.filter((need): need is string => typeof need === 'string'))
  const required = (field: Field): boolean => singles.has(field.id) || isRequired(field, whole.value, wish.state)

  const found = computed<Record<string, Wrong>>(() => {
    const out: Record<string, Wrong> = {}
    for (const field of shown.value) {
      const value = typed[field.id]
      if (isEmpty(value)) {
        if (required(field)) out[field.id] = { code: 'required' }
        continue
      }
      const wrong = wrongWith(field, value)
      if (wrong) out[field.id] = wrong
      if (field.type !== 'rows') continue
      for (const [index, row] of (value as Body[]).entries()) {
        if (row.id && field.append_only) continue
        for (const column of field.columns ?? []) {
          const cell = isEmpty(row[column.id]) ? (isRequired(column, row) ? ({ code: 'required' } as Wrong) : null) : wrongWith(column, row[column.id])
          if (cell) out[`${field.id}[${index}].${column.id}`] = cell
        }
      }
    }
    for (const need of wish.needs) {
      if (!Array.isArray(need)) continue
      const open = need.filter((id) => shown.value.some((field) => field.id === id))
      if (open.length && open.every((id) => isEmpty(typed[id]))) out[open[0]!] ??= { code: 'one_of', text: open.join(',') }
    }
    if (wish.reason && !comment.value.trim()) out.$comment = { code: 'reason' }
    for (const error of refused.value) out[pathOf(error.field)] ??= { code: 'server', text: error.message }
    return out
  })
  /** Nothing is said about a field while it is first being typed. */
  const errors = computed<Record<string, Wrong>>(() =>
    Object.fromEntries(Object.entries(found.value).filter(([path, wrong]) => asked.value || wrong.code === 'server' || touched.has(path.split('[')[0]!))),
  )

  function set(id: string, value: unknown) {
    if (value === undefined) delete typed[id]
    else typed[id] = value
    refused.value = refused.value.filter((error) => pathOf(error.field).split('[')[0] !== id)
  }
  /** What changed, with `null` for what was emptied. What is not shown is not sent. */
  function output(): Body {
    const out: Body = {}
    for (const field of shown.value) {
      const value = typed[field.id]
      if (field.type === 'rows' && wish.oneRow) {
        if (!isEmpty(value)) out[field.id] = copy(value)
      } else if (!same(value, wish.stored[field.id])) {
        out[field.id] = isEmpty(value) ? null : copy(value)
      } else if (singles.has(field.id) && !isEmpty(value)) {
        out[field.id] = copy(value)
      }
      if (out[field.id] === null && isEmpty(wish.stored[field.id])) delete out[field.id]
    }
    return out
  }
  function refuse(error: unknown): boolean {
    if (!(error instanceof ApiError) || !error.errors.length) return false
    asked.value = true
    refused.value = error.errors
    return true
  }
  /** Refusals that belong to no field of this form are said on top of it. */
  const outside = computed(() => refused.value.filter((error) => !shown.value.some((field) => field.id === pathOf(error.field).split('[')[0]) && pathOf(error.field) !== '$comment'))

  return {
    fields, typed, comment, whole, shown, sections, found, errors, outside, required, set, output, refuse,
    touch: (id: string) => void touched.add(id),
    ask: () => void ((asked.value = true), (refused.value = [])),
    dirty: computed(() => comment.value !== '' || fields.some((field) => !same(typed[field.id], begin[field.id]))),
    restore: (body: Body, words = '') => {
      for (const field of fields) if (field.id in body) typed[field.id] = copy(body[field.id])
      comment.value = words
    },
  }
}
export type RecordForm = ReturnType<typeof useForm>

const pathOf = (field: string | undefined): string => (!field ? '' : field === 'comment' ? '$comment' : field.replace(/^body\./, ''))

/** Needs and asks of editing: the fields that may be changed now. */
export const editWish = (kind: Kind, record: Rec): Pick<FormWish, 'needs' | 'asks'> => ({ needs: [], asks: (record.editable ?? []).filter((id) => !!fieldOf(kind, id)) })
