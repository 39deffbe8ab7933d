// What can lie on the map: one flat description for enterprises, units, alarms, dangers and resources alike.

import type { Mark } from '../live/types'

export type LayerId = 'enterprise' | 'unit' | 'danger' | 'alarm' | 'fire_station' | 'hospital' | 'depot' | 'shelter' | 'hydrant'
export const RESOURCES = ['fire_station', 'hospital', 'depot', 'shelter', 'hydrant'] as const satisfies readonly LayerId[]
export type Resource = (typeof RESOURCES)[number]

export interface MapObject {
  /** `layer:id`, unique over the whole map. */
  key: string
  layer: LayerId
  id: string
  lon: number
  lat: number
  title: string
  mark: Mark | null
  /** The line under the title in lists. */
  detail?: string
  /** Words beside the marker; only what is urgent has them. */
  label?: string
  /** Unacknowledged: it pulses. */
  pulse?: boolean
  record?: { kind: string; id: string }
  enterprise?: string
}

export interface View {
  /** West, south, east, north in degrees. */
  bounds: [number, number, number, number]
  metresPerPixel: number
}

export const inside = (object: Pick<MapObject, 'lon' | 'lat'>, [w, s, e, n]: View['bounds']): boolean =>
  object.lon >= w && object.lon <= e && object.lat >= s && object.lat <= n

const RADIUS_M = 6_371_000

/** Metres between two places on the sphere; good to 0.5 %, enough for "nearest" and for rings. */
export function distance(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180
  const dLat = (b.lat - a.lat) * rad
  const dLon = (b.lon - a.lon) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function nearest<T extends { lon: number; lat: number }>(from: { lon: number; lat: number }, among: readonly T[]): { it: T; metres: number } | null {
  let best: { it: T; metres: number } | null = null
  for (const it of among) {
    const metres = distance(from, it)
    if (!best || metres < best.metres) best = { it, metres }
  }
  return best
}

/** `820 m`, `2.1 km`. */
export const metresText = (m: number): string => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0).replace(/\.0$/, '')} km`)

/** The roundest length that fits into so many pixels: 1, 2 or 5 times a power of ten. */
export function scaleBar(metresPerPixel: number, maxPixels: number): { metres: number; pixels: number } {
  const most = metresPerPixel * maxPixels
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = ([5, 2, 1].find((m) => m * power <= most) ?? 1) * power
  return { metres, pixels: metres / metresPerPixel }
}
