// Where the words of urgent markers go: beside the marker, never over another one, left out when there is no room.

export interface Wanted {
  key: string
  /** The marker, in pixels. */
  x: number
  y: number
  width: number
  height: number
}
export interface Placed {
  key: string
  left: number
  top: number
  side: 'right' | 'left'
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

const GAP = 12
const MARKER = 9
const apart = (a: Box, b: Box) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top

/** In the order given: the first come are the most urgent. */
export function place(wanted: readonly Wanted[], width: number, height: number): Placed[] {
  const markers = wanted.map(({ key, x, y }) => ({ key, left: x - MARKER, right: x + MARKER, top: y - MARKER, bottom: y + MARKER }))
  const taken: Box[] = []
  const placed: Placed[] = []
  for (const { key, x, y, width: w, height: h } of wanted) {
    if (x < 0 || y < 0 || x > width || y > height) continue
    const choices: Placed[] = []
    for (const dy of [0, -h - 2, h + 2]) {
      choices.push({ key, left: x + GAP, top: y - h / 2 + dy, side: 'right' }, { key, left: x - GAP - w, top: y - h / 2 + dy, side: 'left' })
    }
    const free = choices.find(({ left, top }) => {
      const box = { left, top, right: left + w, bottom: top + h }
      const onScreen = left >= 4 && top >= 4 && box.right <= width - 4 && box.bottom <= height - 4
      return onScreen && taken.every((other) => apart(box, other)) && markers.every((marker) => marker.key === key || apart(box, marker))
    })
    if (!free) continue
    taken.push({ left: free.left, top: free.top, right: free.left + w, bottom: free.top + h })
    placed.push(free)
  }
  return placed
}
