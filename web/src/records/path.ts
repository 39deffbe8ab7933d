// The way still ahead, as far as the record has decided it.
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

/** Step by step to the next state in the kind's own order. Where the record must still decide between ways, the path ends. */
export function pathAhead(kind: Kind, from: string, body: Body): Step[] {
  const states = new Map(kind.states.map((state, at) => [state.id, { state, at }]))
  const steps: Step[] = []
  let here = states.get(from)
  while (here && !here.state.final && !here.state.standing) {
    const { state, at } = here
    const onward = kind.actions.filter((action) => {
      const target = action.to ? states.get(action.to) : undefined
      return target && target.at > at && target.state.tone !== 'void' && action.from.includes(state.id) && mayHold(action.when, body, state.id)
    })
    const sure = onward.filter((action) => holds(action.when, body, state.id))
    const ways = sure.length ? sure : onward
    if (!ways.length || (!sure.length && new Set(ways.map((action) => action.to)).size > 1)) break
    ways.sort((a, b) => states.get(a.to!)!.at - states.get(b.to!)!.at)
    here = states.get(ways[0]!.to!)!
    steps.push({ action: ways[0]!, state: here.state })
  }
  return steps
}
