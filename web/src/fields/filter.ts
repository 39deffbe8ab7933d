// What a filter of a list is given: its parameter's name and the parameters now in the address.
import type { Field, Ref } from '../api/types'

export interface FilterProps {
  field: Field
  /** `field.NAME`, or an envelope word. */
  name: string
  label: string
  values: Record<string, string[]>
  refs?: Record<string, Ref>
}
