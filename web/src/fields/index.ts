// One folder a field type; what is in the folder is what the type can do.
import type { Component } from 'vue'
import type { Field, FieldType } from '../api/types'

const gather = (files: Record<string, Component>): Record<string, Component> =>
  Object.fromEntries(Object.entries(files).map(([path, component]) => [path.split('/')[1]!, component]))

const edits = gather(import.meta.glob<Component>('./*/Edit.vue', { eager: true, import: 'default' }))
const filters = gather(import.meta.glob<Component>('./*/Filter.vue', { eager: true, import: 'default' }))

export const editOf = (type: FieldType): Component => edits[type]!
export { showOf } from './show'
export const filterOf = (type: FieldType): Component | undefined => filters[type]
export const canFilter = (field: Field): boolean => field.type in filters
/** Types that need the whole width of a form, whatever else stands beside them. */
export const isWide = (field: Field): boolean => ['long_text', 'photos', 'files', 'signature', 'rows', 'place'].includes(field.type)
/** Columns out of 12. */
export const spanOf = (field: Field): number => field.span ?? (isWide(field) ? 12 : 6)
/** Figures stand right in tables. */
export const isFigure = (field: Field): boolean => ['integer', 'decimal', 'money'].includes(field.type)
