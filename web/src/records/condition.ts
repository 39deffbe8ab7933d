// Says whether a condition of the vocabulary holds. The engine decides the same from the same cases (crates/records/cases/conditions.json).
import type { Body, Condition, Test } from '../api/types'

/** No value at all: absent, null, an empty text or an empty list. A condition sees no difference between them. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0)

/** Numbers by size, texts (dates, times) by their characters; anything else has no order. */
function compare(a: unknown, b: unknown): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  return null
}

function testHolds(test: Test, value: unknown): boolean {
  if (isEmpty(value)) return test.set === false
  if (test.set !== undefined) return test.set
  const any = (meets: (one: unknown) => boolean) => (Array.isArray(value) ? value.some(meets) : meets(value))
  if (test.in) return any((one) => test.in!.includes(one))
  const within = (one: unknown, edge: unknown, sign: 1 | -1) => {
    if (edge === undefined) return true
    const order = compare(one, edge)
    return order !== null && order * sign >= 0
  }
  return any((one) => within(one, test.min, 1) && within(one, test.max, -1))
}

/** Whether the condition holds for a body in a state: the record as it would be. */
export function holds(condition: Condition | undefined, body: Body, state = ''): boolean {
  if (!condition) return true
  return condition.some((table) => table.every((test) => testHolds(test, test.field === 'state' ? state : body[test.field])))
}
