// What the map shows of what was fetched.
import { expect, test } from 'vitest'

import type { Alarm, Features, Warning } from '../live/types'
import { build, unitColours } from './build'
import { distance, inside, metresText, nearest, scaleBar } from './objects'
import { place } from './placing'

const point = (id: string, lon: number, lat: number, extra: object = {}): Features['features'][number] => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { id, title: id, state: 's', ...extra } })
const collection = (...features: Features['features']): Features => ({ type: 'FeatureCollection', features })
const warning = (id: string, unit: string, colour: string): Warning => ({ id, kind: 'warning', number: null, title: id, state: 'issued', revision: 1, created_at: '', updated_at: '', body: { hazard_unit: unit, colour: colour as 'red', terms: [] } })
const alarm = (id: string, extra: Partial<Alarm>): Alarm => ({ id, rule: 'R', point: 'P', side: 'high', condition: 'H', priority: 'high', state: 'unack_active', raised_at: '', value: 1, limit: 1, ...extra })
const texts = { alarm: (a: Alarm) => `alarm ${a.id}`, colour: (mark: string) => mark }
const none = { alarms: [], warnings: [], resources: [] }

test('a unit has the worst colour of its warnings, and none without one', () => {
  expect(unitColours([warning('1', 'U', 'blue'), warning('2', 'U', 'orange'), warning('3', 'V', 'yellow')])).toEqual(new Map([['U', 'orange'], ['V', 'yellow']]))
  const units = build({ ...none, units: collection(point('U', 1, 2), point('W', 3, 4, { mark: 'red' })), warnings: [warning('2', 'U', 'orange')] }, texts)
  expect(units.map(({ id, mark, label }) => [id, mark, label])).toEqual([['U', 'orange', 'U · orange'], ['W', null, undefined]])
})

test('an alarm lies at its point, else at its unit, else at its enterprise, and nowhere when nothing is known', () => {
  const from = { ...none, enterprises: collection(point('E', 10, 20)), units: collection(point('U', 30, 40)) }
  const alarms = [
    alarm('own', { position: { lon: 1, lat: 2 } }),
    alarm('unit', { hazard_unit: { id: 'U', title: 'U' } }),
    alarm('enterprise', { enterprise: { id: 'E', code: 'E', name: 'E' } }),
    alarm('lost', {}),
    alarm('over', { position: { lon: 1, lat: 2 }, state: 'normal' }),
  ]
  const drawn = build({ ...from, alarms }, texts).filter(({ layer }) => layer === 'alarm')
  expect(drawn.map(({ id, lon, lat }) => [id, lon, lat])).toEqual([['own', 1, 2], ['unit', 30, 40], ['enterprise', 10, 20]])
})

test('only what waits pulses, and calm alarms of low priority have no words on the map', () => {
  const [waiting, calm] = build({ ...none, alarms: [alarm('w', { position: { lon: 1, lat: 1 }, priority: 'low' }), alarm('c', { position: { lon: 1, lat: 1 }, priority: 'low', state: 'acked_active' })] }, texts)
  expect([waiting?.pulse, waiting?.label, calm?.pulse, calm?.label]).toEqual([true, 'alarm w', false, undefined])
})

test('words stand beside their markers and never on each other', () => {
  const placed = place([{ key: 'a', x: 100, y: 100, width: 80, height: 24 }, { key: 'b', x: 104, y: 106, width: 80, height: 24 }, { key: 'edge', x: 195, y: 60, width: 80, height: 24 }], 200, 200)
  expect(placed.map(({ key, side }) => [key, side])).toContainEqual(['edge', 'left'])
  const boxes = placed.map(({ left, top }) => ({ left, top, right: left + 80, bottom: top + 24 }))
  for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top).toBe(true)
})

test('distances, scale and view', () => {
  expect(distance({ lon: 119.9, lat: 31.9 }, { lon: 119.9, lat: 31.91 })).toBeCloseTo(1112, -1)
  expect(nearest({ lon: 0, lat: 0 }, [{ lon: 0, lat: 2 }, { lon: 0, lat: 1 }])?.it).toEqual({ lon: 0, lat: 1 })
  expect([metresText(180), metresText(2_140), metresText(5_000), metresText(12_600)]).toEqual(['180 m', '2.1 km', '5 km', '13 km'])
  expect(scaleBar(45, 80)).toEqual({ metres: 2_000, pixels: 2_000 / 45 })
  expect(inside({ lon: 1, lat: 1 }, [0, 0, 2, 2]) && !inside({ lon: 3, lat: 1 }, [0, 0, 2, 2])).toBe(true)
})
