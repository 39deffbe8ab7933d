// The generic pages stay generic: they draw any kind and name none.
import { describe, expect, it } from 'vitest'

const sources = import.meta.glob<string>(['../src/records/**/*.{ts,vue}', '../src/fields/**/*.{ts,vue}'], { eager: true, query: '?raw', import: 'default' })
// An icon is called `warning` too, so that kind cannot be looked for by its word.
const kinds = ['hidden_danger', 'hazard_unit', 'alarm_rule', 'equipment']

describe('records and fields', () => {
  it.each(Object.entries(sources).filter(([path]) => !path.endsWith('.test.ts')))('%s names no kind', (_, text) => {
    expect(kinds.filter((kind) => new RegExp(`['"\`/]${kind}['"\`/]`).test(text))).toEqual([])
  })
  it('have no Chinese written into them', () => {
    const written = Object.entries(sources).filter(([path, text]) => path.endsWith('.vue') && /[\u4e00-\u9fff]/.test(text.replace(/<!--[\s\S]*?-->/g, '').replace(/（|）|：/g, '')))
    expect(written.map(([path]) => path)).toEqual([])
  })
})
