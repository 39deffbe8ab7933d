// Editors of everything that may stand in a row; apart from the displays, which more pages need.
import type { Component } from 'vue'

const files = import.meta.glob<Component>(['./*/Edit.vue', '!./rows/Edit.vue'], { eager: true, import: 'default' })
export const cellEdits: Record<string, Component> = Object.fromEntries(Object.entries(files).map(([path, component]) => [path.split('/')[1]!, component]))
