// The bars and the line of the danger loop, in the units of its drawing.

export interface Day {
  date: string
  found: number
  closed: number
  overdue: number
}

export interface Drawn {
  max: number
  ticks: { value: number; y: number }[]
  days: { date: string; x: number; label: string | null; found: Bar; closed: Bar; overdue: { x: number; y: number } }[]
  line: string
}

interface Bar {
  x: number
  y: number
  width: number
  height: number
}

export function drawLoop(days: readonly Day[], width: number, height: number, frame: { left: number; bottom: number; top: number }): Drawn {
  const top = Math.max(1, ...days.flatMap(({ found, closed, overdue }) => [found, closed, overdue]))
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].find((s) => top / s <= 3.2) ?? 10 ** Math.ceil(Math.log10(top / 3))
  const max = Math.ceil(top / step) * step
  const tall = height - frame.bottom - frame.top
  const y = (value: number) => frame.top + tall * (1 - value / max)
  const each = (width - frame.left) / Math.max(days.length, 1)
  const bar = Math.min(12, each * 0.36)
  const drawn = days.map((day, index) => {
    const x = frame.left + each * (index + 0.5)
    return {
      date: day.date,
      x,
      label: index % 3 === 0 ? day.date.slice(5) : null,
      found: { x: x - bar - 0.5, y: y(day.found), width: bar, height: Math.max(0, y(0) - y(day.found)) },
      closed: { x: x + 0.5, y: y(day.closed), width: bar, height: Math.max(0, y(0) - y(day.closed)) },
      overdue: { x, y: y(day.overdue) },
    }
  })
  const ticks = Array.from({ length: Math.round(max / step) + 1 }, (_, i) => ({ value: i * step, y: y(i * step) }))
  return { max, ticks, days: drawn, line: drawn.map(({ overdue }, i) => `${i === 0 ? 'M' : 'L'}${overdue.x.toFixed(1)},${overdue.y.toFixed(1)}`).join('') }
}

/** Closed of found, in per cent; null when nothing was found. */
export function rate(days: readonly Day[]): number | null {
  const found = days.reduce((sum, day) => sum + day.found, 0)
  const closed = days.reduce((sum, day) => sum + day.closed, 0)
  return found === 0 ? null : Math.min(100, (closed / found) * 100)
}
