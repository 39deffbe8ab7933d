// What every field editor and every field display is given.
import type { InjectionKey, Ref as VueRef } from 'vue'
import type { Body, Field, Ref } from '../api/types'

export interface EditProps {
  field: Field
  modelValue: unknown
  /** Of the control that the label names. */
  id: string
  invalid?: boolean
  required?: boolean
  describedby?: string
}
export interface ShowProps {
  field: Field
  value: unknown
  refs?: Record<string, Ref>
  /** In a table cell: one line, no pictures. */
  compact?: boolean
}
/** What the form around a field knows. */
export interface FormContext {
  body: VueRef<Body>
  refs: VueRef<Record<string, Ref>>
  enterprise: VueRef<string | undefined>
  /** Says what an id means, for what was just chosen. */
  learn: (id: string, ref: Ref) => void
}
export const FORM: InjectionKey<FormContext> = Symbol('form')
