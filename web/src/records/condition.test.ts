// The browser decides as the engine does, from the engine's own cases.
import file from '../../../crates/records/cases/conditions.json'
import { describe, expect, it } from 'vitest'

import type { Body, Condition } from '../api/types'
import { holds } from './condition'

interface Case {
  name: string
  condition: Condition
  state: string
  body: Body
  holds: boolean
}
const cases = file.cases as unknown as Case[]

describe('a condition', () => {
  it.each(cases)('$name', (one) => {
    expect(holds(one.condition, one.body, one.state)).toBe(one.holds)
  })
})
