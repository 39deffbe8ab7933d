// From what was fetched to what lies on the map: pure, so that the colours of units and the words of alarms can be tested.

import { markOf, markRank, standing, unacked } from '../live/alarms'
import type { Alarm, Features, Mark, Warning } from '../live/types'
import type { LayerId, MapObject, Resource } from './objects'

export interface Texts {
  alarm(alarm: Alarm): string
  colour(mark: Mark): string
}

export interface ResourceFeature {
  kind: Resource
  id: string
  name: string
  lon: number
  lat: number
}

/** Hazard unit → the worst colour of its open warnings. */
export function unitColours(warnings: readonly Warning[]): Map<string, Mark> {
  const worst = new Map<string, Mark>()
  for (const { body } of warnings) {
    if (!body.colour || !body.hazard_unit) continue
    const known = worst.get(body.hazard_unit)
    if (!known || markRank(body.colour) < markRank(known)) worst.set(body.hazard_unit, body.colour)
  }
  return worst
}

const enterpriseName = (of: Features['features'][number]['properties']['enterprise']): string => (typeof of === 'string' ? of : (of?.name ?? ''))

function fromFeatures(layer: LayerId, kind: string, features: Features | undefined, mark: (id: string, own: Mark | null) => Mark | null): MapObject[] {
  return (features?.features ?? []).map(({ geometry, properties: p }) => ({
    key: `${layer}:${p.id}`,
    layer,
    id: p.id,
    lon: geometry.coordinates[0],
    lat: geometry.coordinates[1],
    title: p.title,
    mark: mark(p.id, p.mark ?? null),
    detail: [p.number, enterpriseName(p.enterprise)].filter(Boolean).join(' · '),
    record: { kind, id: p.id },
    enterprise: enterpriseName(p.enterprise),
  }))
}

export interface Fetched {
  enterprises?: Features | undefined
  units?: Features | undefined
  dangers?: Features | undefined
  alarms: readonly Alarm[]
  warnings: readonly Warning[]
  resources: readonly ResourceFeature[]
}

export function build(from: Fetched, texts: Texts): MapObject[] {
  const colours = unitColours(from.warnings)
  const enterprises = fromFeatures('enterprise', 'enterprise', from.enterprises, (_, own) => own)
  const places = new Map(enterprises.map((object) => [object.id, object]))
  const units = fromFeatures('unit', 'hazard_unit', from.units, (id) => colours.get(id) ?? null)
  for (const unit of units) {
    if (unit.mark && markRank(unit.mark) <= 1) unit.label = `${unit.title} · ${texts.colour(unit.mark)}`
  }
  const unitPlaces = new Map(units.map((object) => [object.id, object]))
  const dangers = fromFeatures('danger', 'hidden_danger', from.dangers, (_, own) => own)
  const alarms = from.alarms.filter(standing).flatMap((alarm): MapObject[] => {
    const at = alarm.position ?? unitPlaces.get(alarm.hazard_unit?.id ?? '') ?? places.get(alarm.enterprise?.id ?? '')
    if (!at) return []
    return [
      {
        key: `alarm:${alarm.id}`,
        layer: 'alarm',
        id: alarm.id,
        lon: at.lon,
        lat: at.lat,
        title: texts.alarm(alarm),
        mark: markOf(alarm.priority),
        detail: [alarm.enterprise?.name, alarm.point_name ?? alarm.point].filter(Boolean).join(' · '),
        ...(unacked(alarm) || markRank(markOf(alarm.priority)) <= 1 ? { label: texts.alarm(alarm) } : {}),
        pulse: unacked(alarm),
        enterprise: alarm.enterprise?.name ?? '',
      },
    ]
  })
  const resources = from.resources.map(
    (resource): MapObject => ({
      key: `${resource.kind}:${resource.id}`,
      layer: resource.kind,
      id: resource.id,
      lon: resource.lon,
      lat: resource.lat,
      title: resource.name,
      mark: null,
    }),
  )
  return [...resources, ...enterprises, ...dangers, ...units, ...alarms]
}
