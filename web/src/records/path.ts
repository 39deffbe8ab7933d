// The way still ahead: the shortest run of actions to an end that counts as done, as the record stands now.
import type { Action, Body, Condition, Kind, State } from '../api/types'
import { holds, isEmpty } from './condition'

export interface Step {
  action: Action
  state: State
}
/** Whether it holds or may come to hold: what nobody has said yet stands in nobody's way. */
function mayHold(condition: Condition | undefined, body: Body, state: string): boolean {
  return !condition || condition.some((table) => table.every((test) => (test.field !== 'state' && isEmpty(body[test.field])) || holds([[test]], body, state)))
}

export function pathAhead(kind: Kind, from: string, body: Body): Step[] {
  const states = new Map(kind.states.map((state) => [state.id, state]))
  const order = new Map(kind.states.map((state, at) => [state.id, at]))
  const queue: { at: string; steps: Step[] }[] = [{ at: from, steps: [] }]
  const seen = new Set([from])
  while (queue.length) {
    const { at, steps } = queue.shift()!
    const here = states.get(at)
    if (here?.final || here?.standing) {
      if (here.tone === 'done' && steps.length) return steps
      continue
    }
    const open = kind.actions.filter((action) => action.to && action.to !== at && action.from.includes(at) && mayHold(action.when, body, at))
    // Forward first: going back to an earlier state is a detour.
    open.sort((a, b) => (order.get(a.to!) ?? 0) - (order.get(b.to!) ?? 0))
    for (const action of open) {
      if (seen.has(action.to!) || (order.get(action.to!) ?? 0) < (order.get(at) ?? 0)) continue
      seen.add(action.to!)
      queue.push({ at: action.to!, steps: [...steps, { action, state: states.get(action.to!)! }] })
    }
  }
  return []
}
