// Both languages say everything, with the same blanks to fill in.
import { describe, expect, it } from 'vitest'

import { messages } from '../src/i18n'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`)))
const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

const zh = new Map(flat(messages.zh))
const en = new Map(flat(messages.en))

describe('the words of the browser', () => {
  it('exist in both languages', () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort())
  })
  it('leave the same blanks', () => {
    const different = [...zh].filter(([key, text]) => JSON.stringify(blanks(text)) !== JSON.stringify(blanks(en.get(key) ?? ''))).map(([key]) => key)
    expect(different).toEqual([])
  })
  it('are never empty, and English has no Chinese in it', () => {
    expect([...zh].filter(([, text]) => !text.trim())).toEqual([])
    // A measure word (家, 处, 项) is one character and has no English.
    expect([...en].filter(([key, text]) => !text.trim() && [...(zh.get(key) ?? '')].length > 1)).toEqual([])
    expect([...en].filter(([, text]) => /[\u4e00-\u9fff]/.test(text)).map(([key]) => key)).toEqual([])
  })
})
