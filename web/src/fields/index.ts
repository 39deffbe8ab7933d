// One folder a field type; what is in the folder is what the type can do.
import type { Component } from 'vue'
import type { Field, FieldType } from '../api/types'
import { cellEdits } from './cellEdits'
import RowsEdit from './rows/Edit.vue'

const files = import.meta.glob<Component>('./*/Filter.vue', { eager: true, import: 'default' })
const filters = Object.fromEntries(Object.entries(files).map(([path, component]) => [path.split('/')[1]!, component]))

export const editOf = (type: FieldType): Component => (type === 'rows' ? RowsEdit : cellEdits[type]!)
export const filterOf = (type: FieldType): Component | undefined => filters[type]
export const canFilter = (field: Field): boolean => field.type in filters
export { showOf } from './show'
export { isFigure, isWide, spanOf } from './shape'
