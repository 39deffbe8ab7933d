// The marks of the map. Each level has a shape of its own, so that colour never carries the meaning alone.

import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import RegularShape from 'ol/style/RegularShape'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'

import type { Mark } from '../live/types'
import { palette, RISK, type Theme } from './palette'

const FONT = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'
export const font = (px: number, weight = 400): string => `${weight} ${px}px ${FONT}`

const cache = new Map<string, Style[]>()
/** Styles are built once: a style made anew for every feature is what makes panning slow. */
export function once(key: string, make: () => Style[]): Style[] {
  const found = cache.get(key)
  if (found) return found
  const made = make()
  cache.set(key, made)
  return made
}

/** ◆ red, ▲ orange, ■ yellow, ● blue; a hollow circle where there is no level. */
export function markImage(mark: Mark | null, radius: number, line: string, lineWidth: number, empty: string): CircleStyle | RegularShape {
  const fill = new Fill({ color: mark ? RISK[mark] : empty })
  const stroke = lineWidth > 0 ? new Stroke({ color: line, width: lineWidth }) : undefined
  const common = { fill, ...(stroke ? { stroke } : {}) }
  switch (mark) {
    case 'red':
      return new RegularShape({ ...common, points: 4, radius: radius * 1.25, angle: 0 })
    case 'orange':
      return new RegularShape({ ...common, points: 3, radius: radius * 1.2, angle: 0 })
    case 'yellow':
      return new RegularShape({ ...common, points: 4, radius: radius * 1.15, angle: Math.PI / 4 })
    default:
      return new CircleStyle({ ...common, radius: mark ? radius * 0.9 : radius * 0.7 })
  }
}

export function enterpriseStyle(theme: Theme, mark: Mark | null, size: number, selected: boolean): Style[] {
  return once(`e${theme}${mark}${size}${selected}`, () => {
    const colours = palette(theme)
    const styles = [new Style({ image: markImage(mark, size, colours.halo, theme === 'dark' ? 0.5 : 1, colours.quiet) })]
    if (selected) styles.unshift(ringStyle(colours.boundary, size + 6))
    return styles
  })
}

/** A hexagon for a hazard unit; while it is warned about, the warning's mark inside. */
export function unitStyle(theme: Theme, mark: Mark | null, size: number, selected: boolean): Style[] {
  return once(`u${theme}${mark}${size}${selected}`, () => {
    const colours = palette(theme)
    const hexagon = new RegularShape({
      points: 6,
      radius: mark ? size + 2 : size,
      angle: 0,
      fill: new Fill({ color: colours.marker }),
      stroke: new Stroke({ color: mark ? RISK[mark] : colours.markerLine, width: mark ? 2 : 1.2 }),
    })
    const styles = [new Style({ image: hexagon })]
    if (mark) styles.push(new Style({ image: markImage(mark, size * 0.62, colours.marker, 0, colours.quiet) }))
    else styles.push(new Style({ image: new CircleStyle({ radius: size * 0.28, fill: new Fill({ color: colours.markerLine }) }) }))
    if (selected) styles.unshift(ringStyle(colours.boundary, size + 7))
    return styles
  })
}

/** A hidden danger: the hollow shape of its level. */
export function dangerStyle(theme: Theme, mark: Mark | null, size: number, selected: boolean): Style[] {
  return once(`d${theme}${mark}${size}${selected}`, () => {
    const colours = palette(theme)
    const colour = mark ? RISK[mark] : colours.quiet
    const image =
      mark === 'red'
        ? new RegularShape({ points: 4, radius: size * 1.3, angle: 0, fill: new Fill({ color: colours.marker }), stroke: new Stroke({ color: colour, width: 2 }) })
        : new RegularShape({ points: 4, radius: size * 1.2, angle: Math.PI / 4, fill: new Fill({ color: colours.marker }), stroke: new Stroke({ color: colour, width: 2 }) })
    const styles = [new Style({ image })]
    if (selected) styles.unshift(ringStyle(colours.boundary, size + 6))
    return styles
  })
}

/** A white-ringed dot of the alarm's colour; its words stand beside it. */
export function alarmStyle(theme: Theme, mark: Mark | null, selected: boolean): Style[] {
  return once(`a${theme}${mark}${selected}`, () => {
    const colour = mark ? RISK[mark] : palette(theme).quiet
    const styles = [new Style({ image: new CircleStyle({ radius: 6.2, fill: new Fill({ color: colour }), stroke: new Stroke({ color: '#FFFFFF', width: 2.2 }) }) })]
    if (selected) styles.unshift(ringStyle(colour, 14))
    return styles
  })
}

export function resourceStyle(theme: Theme, letter: string, selected: boolean): Style[] {
  return once(`r${theme}${letter}${selected}`, () => {
    const dark = theme === 'dark'
    const styles = [
      new Style({
        image: new RegularShape({
          points: 4,
          radius: 9.2,
          angle: Math.PI / 4,
          fill: new Fill({ color: dark ? '#1B3557' : '#EFF4FA' }),
          stroke: new Stroke({ color: dark ? '#7FA6D8' : '#4A6489', width: 1.1 }),
        }),
        text: new Text({ text: letter, font: font(9.5, 500), fill: new Fill({ color: dark ? '#DCE9FA' : '#2A4467' }), offsetY: 0.5 }),
      }),
    ]
    if (selected) styles.unshift(ringStyle(palette(theme).boundary, 14))
    return styles
  })
}

/** Several objects at once: a disc of the worst colour with their number. */
export function clusterStyle(theme: Theme, mark: Mark | null, count: number): Style[] {
  return once(`c${theme}${mark}${count}`, () => {
    const colours = palette(theme)
    return [
      new Style({
        image: new CircleStyle({
          radius: Math.min(22, 9 + Math.log2(count) * 1.4),
          fill: new Fill({ color: colours.marker }),
          stroke: new Stroke({ color: mark ? RISK[mark] : colours.markerLine, width: 2.5 }),
        }),
        text: new Text({ text: String(count), font: font(11, 600), fill: new Fill({ color: colours.text }) }),
      }),
    ]
  })
}

function ringStyle(colour: string, radius: number): Style {
  return new Style({ image: new CircleStyle({ radius, stroke: new Stroke({ color: colour, width: 2 }), declutterMode: 'none' }) })
}
