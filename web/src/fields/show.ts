// Displays of field types, apart from the editors: a page that only shows loads no editor.
import type { Component } from 'vue'
import type { FieldType } from '../api/types'

const files = import.meta.glob<Component>('./*/Show.vue', { eager: true, import: 'default' })
const shows = Object.fromEntries(Object.entries(files).map(([path, component]) => [path.split('/')[1]!, component]))

export const showOf = (type: FieldType): Component => shows[type]!
