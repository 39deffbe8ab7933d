// The map below the objects: outline, neighbours, river, land, roads, towns, plots and structures, all served from this origin.

import Feature, { type FeatureLike } from 'ol/Feature'
import { createEmpty, extend } from 'ol/extent'
import GeoJSON from 'ol/format/GeoJSON'
import MultiPolygon from 'ol/geom/MultiPolygon'
import Point from 'ol/geom/Point'
import Polygon from 'ol/geom/Polygon'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'

import type { Mark } from '../live/types'
import { fade, palette, RISK, type Theme } from './palette'
import { font, once } from './shapes'

export interface Base {
  layers: VectorLayer[]
  /** The outline of the district, to fit the view to. */
  district: Promise<number[]>
  park: Promise<number[]>
  towns: VectorSource
  plots: VectorSource
  setTheme(theme: Theme): void
}

/** Above this many metres per pixel single plots and structures cannot be told apart. */
export const NEAR = 14

const format = new GeoJSON()

export async function geojson(name: string): Promise<Feature[]> {
  const answer = await fetch(`/map/${name}.geojson`)
  if (!answer.ok) throw new Error(`/map/${name}.geojson: ${answer.status}`)
  return format.readFeatures(await answer.json(), { featureProjection: 'EPSG:3857' }) as Feature[]
}

const fill = (colour: string) => new Style({ fill: new Fill({ color: colour }) })
const kindOf = (feature: FeatureLike) => String(feature.get('kind') ?? '')

export interface Looks {
  theme: Theme
  /** Town name → the colour of its tint. */
  tints: () => Readonly<Record<string, Mark>>
  /** Plots are coloured while the enterprises are shown. */
  plots: () => boolean
  towns: () => boolean
  /** Town name in Chinese → as the reader knows it. */
  names: () => Readonly<Record<string, string>>
  /** Town name → a second line under its name. */
  notes: () => Readonly<Record<string, string>>
}

export function baseLayers(looks: Looks): Base {
  let theme = looks.theme
  const loaded = new Map<string, Promise<Feature[]>>()
  const load = (name: string) => {
    const got = loaded.get(name) ?? geojson(name)
    loaded.set(name, got)
    return got
  }
  const source = (name: string) => {
    const made = new VectorSource()
    load(name).then((features) => made.addFeatures(features)).catch(() => undefined)
    return made
  }
  const layer = (of: VectorSource, z: number, style: (f: FeatureLike, r: number) => Style | Style[] | undefined, extra: object = {}) =>
    new VectorLayer({ source: of, zIndex: z, style, updateWhileAnimating: true, updateWhileInteracting: true, ...extra })

  const districts = source('districts')
  const boundary = source('boundary')
  const river = source('river')
  const water = source('water')
  const land = source('landuse')
  const roads = source('roads')
  const towns = source('towns')
  const plots = source('plots')
  const structures = source('structures')

  const district = load('boundary').then((features) => features[0]?.getGeometry()?.getExtent() ?? [])
  const park = load('plots').then((features) => {
    const whole = createEmpty()
    for (const plot of features) if (kindOf(plot) === 'plot') extend(whole, plot.getGeometry()?.getExtent() ?? createEmpty())
    return whole as number[]
  })
  const mask = new VectorSource()
  load('boundary')
    .then((features) => {
      const shape = features[0]?.getGeometry()
      const rings = shape instanceof MultiPolygon ? shape.getCoordinates().map((p) => p[0] ?? []) : shape instanceof Polygon ? [shape.getCoordinates()[0] ?? []] : []
      const [w, s, e, n] = [...fromLonLat([116, 29]), ...fromLonLat([124, 35])] as [number, number, number, number]
      const world = [[w, s], [e, s], [e, n], [w, n], [w, s]]
      mask.addFeature(new Feature(new Polygon([world, ...rings])))
    })
    .catch(() => undefined)
  const riverName = new VectorSource({ features: [new Feature(new Point(fromLonLat([119.987, 32.033])))] })

  const lineWidth = (kind: string, metres: number): number => {
    const near = Math.min(9, Math.max(1, 14 / metres))
    if (kind === 'motorway') return Math.max(1.8, near * 1.25)
    if (kind === 'primary') return Math.max(1.3, near)
    if (kind === 'secondary') return Math.max(0.9, near * 0.7)
    return Math.max(0.6, near * 0.45)
  }
  const hidden = (kind: string, metres: number) => kind === 'local' && metres > 60
  const bucket = (metres: number) => Math.round(Math.log2(metres) * 3)

  const layers = [
    layer(districts, 1, () => once(`dist${theme}`, () => [new Style({ fill: new Fill({ color: palette(theme).outside }), stroke: new Stroke({ color: fade(palette(theme).border, theme === 'dark' ? 0.45 : 1), width: 0.8 }) })])),
    layer(boundary, 2, () => once(`land${theme}`, () => [fill(palette(theme).land)])),
    layer(land, 3, (f) => once(`lu${theme}${kindOf(f)}`, () => [fill(kindOf(f) === 'green' ? palette(theme).green : palette(theme).built)])),
    layer(river, 4, () => once(`rv${theme}`, () => [new Style({ fill: new Fill({ color: palette(theme).water }), stroke: new Stroke({ color: palette(theme).shore, width: 0.8 }) })])),
    layer(water, 4, () => once(`wt${theme}`, () => [fill(palette(theme).water)])),
    layer(roads, 5, (f, metres) => {
      const casing = palette(theme).casing
      const kind = kindOf(f)
      if (!casing || kind === 'rail' || hidden(kind, metres) || (kind === 'local' && metres > 25)) return undefined
      return once(`rc${theme}${kind}${bucket(metres)}`, () => [new Style({ stroke: new Stroke({ color: casing, width: lineWidth(kind, metres) + 1.4 }) })])
    }),
    layer(roads, 6, (f, metres) => {
      const kind = kindOf(f)
      if (hidden(kind, metres)) return undefined
      return once(`rd${theme}${kind}${bucket(metres)}`, () => {
        const colours = palette(theme)
        if (kind === 'rail') return [new Style({ stroke: new Stroke({ color: colours.rail, width: 1.2, lineDash: [7, 5] }) })]
        const colour = kind === 'motorway' ? colours.motorway : kind === 'primary' ? colours.primary : kind === 'secondary' ? colours.secondary : colours.local
        return [new Style({ stroke: new Stroke({ color: colour, width: lineWidth(kind, metres) }) })]
      })
    }),
    layer(mask, 7, () => once(`mask${theme}`, () => [fill(palette(theme).mask)])),
    // The river outside the district is what tells where one is, so it is drawn again, faintly, above the mask.
    layer(river, 8, () => once(`rv2${theme}`, () => [fill(fade(palette(theme).water, 0.55))])),
    layer(towns, 9, (f, metres) => {
      const tint = looks.tints()[String(f.get('name'))]
      const strength = metres < NEAR ? 0 : tint ? (tint === 'blue' ? 0.07 : 0.13) : 0
      return once(`tw${theme}${tint}${strength}${metres < NEAR}`, () => [
        new Style({
          ...(tint && strength ? { fill: new Fill({ color: fade(RISK[tint], theme === 'dark' ? strength * 1.25 : strength) }) } : {}),
          ...(metres < NEAR ? {} : { stroke: new Stroke({ color: fade(palette(theme).boundary, 0.4), width: 0.8, lineDash: [5, 4] }) }),
        }),
      ])
    }),
    layer(boundary, 10, () =>
      once(`bd${theme}`, () => [
        new Style({ stroke: new Stroke({ color: palette(theme).glow, width: 9, lineJoin: 'round' }) }),
        new Style({ stroke: new Stroke({ color: palette(theme).boundary, width: 2, lineJoin: 'round' }) }),
      ]),
    ),
    layer(plots, 11, (f, metres) => {
      if (kindOf(f) === 'park') return once(`pk${theme}${metres < NEAR}`, () => [new Style({ fill: new Fill({ color: fade(palette(theme).park, metres < NEAR ? 0.9 : 0.6) }) })])
      const mark = (f.get('mark') ?? null) as Mark | null
      const near = metres < NEAR
      const chosen = f.get('chosen') === true
      const on = looks.plots()
      return once(`pl${theme}${mark}${near}${chosen}${on}`, () => {
        const colour = mark && on ? RISK[mark] : palette(theme).border
        return [
          new Style({
            fill: new Fill({ color: fade(colour, mark && on ? (near ? 0.2 : 0.5) : 0.1) }),
            stroke: new Stroke({ color: near || chosen ? colour : fade(colour, 0.6), width: chosen ? 3.5 : near ? 1.6 : 0.5 }),
          }),
        ]
      })
    }),
    layer(
      structures,
      12,
      (f) => {
        const kind = kindOf(f)
        return once(`st${theme}${kind}`, () => {
          const colours = palette(theme)
          if (kind === 'tank') return [new Style({ fill: new Fill({ color: colours.tank }), stroke: new Stroke({ color: colours.tankLine, width: 1 }) })]
          if (kind === 'bund') return [new Style({ fill: new Fill({ color: colours.bund }), stroke: new Stroke({ color: fade(colours.tankLine, 0.35), width: 0.7 }) })]
          return [fill(kind === 'pier' ? colours.pier : kind === 'ship' ? colours.ship : colours.building)]
        })
      },
      { maxResolution: NEAR },
    ),
    layer(
      districts,
      20,
      (f, metres) => {
        const center = f.get('center') as [number, number] | undefined
        if (f.get('adcode') === 320411 || !center) return undefined
        const style = once(`dn${theme}${String(f.get('name'))}${metres > NEAR}`, () => [
          new Style({
            geometry: new Point(fromLonLat(neighbourAt(String(f.get('name')), center))),
            text: new Text({ text: String(f.get('name')), font: font(12), fill: new Fill({ color: palette(theme).quiet }), stroke: new Stroke({ color: palette(theme).halo, width: 2.5 }) }),
          }),
        ])
        return metres > NEAR ? style : undefined
      },
      { declutter: true },
    ),
    layer(
      towns,
      21,
      (f, metres) => {
        const center = f.get('center') as [number, number] | undefined
        if (!looks.towns() || !center || metres < NEAR) return undefined
        const name = String(f.get('name'))
        const called = looks.names()[name] ?? name
        const note = looks.notes()[name] ?? ''
        return once(`tn${theme}${called}${note}`, () => [
          new Style({
            geometry: new Point(fromLonLat(center)),
            text: new Text({ text: note ? [called, font(13, 500), '\n', font(13), note, font(11.5)] : called, font: font(13, 500), fill: new Fill({ color: palette(theme).text }), stroke: new Stroke({ color: palette(theme).halo, width: 3 }) }),
          }),
        ])
      },
      { declutter: false },
    ),
    layer(riverName, 20, (_, metres) =>
      metres > NEAR
        ? once(`rn${theme}`, () => [
            new Style({ text: new Text({ text: '长  江', font: font(15, 400), rotation: 0.72, fill: new Fill({ color: theme === 'dark' ? '#6F9BD1' : '#4F86AE' }) }) }),
          ])
        : undefined,
    ),
    layer(
      plots,
      22,
      (f) => {
        if (kindOf(f) !== 'plot' || !looks.plots()) return undefined
        return once(`pn${theme}${String(f.get('id'))}${String(f.get('called') ?? '')}`, () => [
          new Style({
            text: new Text({ text: shortName(String(f.get('called') ?? f.get('name'))), font: font(12.5, 500), fill: new Fill({ color: palette(theme).text }), stroke: new Stroke({ color: palette(theme).halo, width: 3 }), overflow: true }),
          }),
        ])
      },
      { maxResolution: NEAR },
    ),
  ]

  return {
    layers,
    district,
    park,
    towns,
    plots,
    setTheme(next) {
      theme = next
      for (const each of layers) each.changed()
    },
  }
}

/** `示例·澄湾化工` → `澄湾化工`: the prefix that says "fictitious" stands in the notice, not on every plot. */
export const shortName = (name: string): string => name.replace(/^(演示|示例|虚构)[·・\s]*/, '')

/** Centres of large neighbours lie far outside the view; their names stand by the common border instead. */
const BESIDE: Record<string, [number, number]> = {
  丹阳市: [119.728, 32.045],
  泰兴市: [119.962, 32.072],
  江阴市: [120.043, 31.915],
  扬中市: [119.86, 32.125],
  天宁区: [120.035, 31.815],
  钟楼区: [119.862, 31.797],
  武进区: [119.735, 31.8],
}
function neighbourAt(name: string, center: [number, number]): [number, number] {
  return BESIDE[name] ?? center
}
