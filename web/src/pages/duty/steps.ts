// The loop of a warning as a row of steps: which are done and when, which is at hand, which lie ahead.

export const STEPS = ['issued', 'received', 'verifying', 'handling', 'feedback', 'confirmed_cleared', 'closed'] as const
export type StepId = (typeof STEPS)[number]

export interface Step {
  id: StepId
  at: string | null
  stage: 'done' | 'now' | 'ahead' | 'skipped'
}

export interface Deed {
  at: string
  action: string
}

/** `to` gives the state an action leads to. After a step back, only what still holds counts as done. */
export function steps(state: string, createdAt: string, history: readonly Deed[], to: Readonly<Record<string, string | undefined>>): Step[] {
  // A warning said to be false is still being verified, by somebody else.
  const here = state === 'false_alarm' ? 'verifying' : state
  const current = Math.max(STEPS.indexOf(here as StepId), 0)
  const reached = new Map<string, string>([['issued', createdAt]])
  for (const { at, action } of [...history].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const target = to[action]
    if (target) reached.set(target, at)
  }
  return STEPS.map((id, index): Step => {
    const at = reached.get(id) ?? null
    if (index === current) return { id, at, stage: here === 'closed' ? 'done' : 'now' }
    if (index > current) return { id, at: null, stage: 'ahead' }
    return { id, at, stage: at ? 'done' : 'skipped' }
  })
}

/** Wind force after Beaufort from metres per second. */
export function beaufort(speed: number): number {
  const upper = [0.3, 1.6, 3.4, 5.5, 8, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7]
  const force = upper.findIndex((limit) => speed < limit)
  return force < 0 ? 12 : force
}

/** 0 = north, 1 = north-east … from degrees. */
export const octant = (degrees: number): number => Math.round((((degrees % 360) + 360) % 360) / 45) % 8
