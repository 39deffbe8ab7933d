// Displays of everything that may stand in a row. Rows never hold rows, so this is all that rows need, and nothing here needs rows.
import type { Component } from 'vue'

const files = import.meta.glob<Component>(['./*/Show.vue', '!./rows/Show.vue'], { eager: true, import: 'default' })
export const cellShows: Record<string, Component> = Object.fromEntries(Object.entries(files).map(([path, component]) => [path.split('/')[1]!, component]))
