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
export { isFigure, isWide, spanOf } from './shape'
