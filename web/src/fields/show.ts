// Displays of field types, apart from the editors: a page that only shows loads no editor.
import type { Component } from 'vue'
import type { FieldType } from '../api/types'
import { cellShows } from './cells'
import RowsShow from './rows/Show.vue'

export const showOf = (type: FieldType): Component => (type === 'rows' ? RowsShow : cellShows[type]!)
