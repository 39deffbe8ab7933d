// Everything the map shows, fetched once and followed live: what the map page and the duty screen have in common.
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { byUrgency, markRank } from '../live/alarms'
import { useActiveAlarms, useFeatures, useOpenWarnings, useOverview } from '../live/queries'
import type { Mark } from '../live/types'
import { useAlarmWords } from '../live/words'
import { build, type ResourceFeature } from './build'
import { RESOURCES, type MapObject, type Resource } from './objects'

interface PointFile {
  features: { geometry: { coordinates: [number, number] }; properties: { kind: string; name?: string; id?: string } }[]
}

/** The fictitious fire stations, hospitals, depots, shelters and hydrants that come with the base map. */
function useResources(): ComputedRef<ResourceFeature[]> {
  const { t } = useI18n()
  const file = useQuery({
    queryKey: ['map', 'points'],
    staleTime: Infinity,
    queryFn: async (): Promise<PointFile> => {
      const answer = await fetch('/map/points.geojson')
      if (!answer.ok) throw new Error(String(answer.status))
      return (await answer.json()) as PointFile
    },
  })
  return computed(() => {
    const counts = new Map<string, number>()
    return (file.data.value?.features ?? []).flatMap(({ geometry, properties }): ResourceFeature[] => {
      const kind = properties.kind as Resource
      if (!RESOURCES.includes(kind)) return []
      const n = (counts.get(kind) ?? 0) + 1
      counts.set(kind, n)
      return [{ kind, id: String(n), name: properties.name ?? t('map.numbered', { what: t(`map.layer.${kind}`), n }), lon: geometry.coordinates[0], lat: geometry.coordinates[1] }]
    })
  })
}

export function useDistrict() {
  const { t, locale } = useI18n()
  const words = useAlarmWords()
  const enterprises = useFeatures('enterprise')
  const units = useFeatures('hazard_unit')
  const dangers = useFeatures('hidden_danger', { open: true })
  const alarms = useActiveAlarms()
  const warnings = useOpenWarnings()
  const overview = useOverview()
  const resources = useResources()

  const objects = computed((): MapObject[] =>
    build(
      {
        enterprises: enterprises.data.value,
        units: units.data.value,
        dangers: dangers.data.value,
        alarms: alarms.data.value?.items ?? [],
        warnings: warnings.data.value?.items ?? [],
        resources: resources.value,
      },
      { alarm: (alarm) => words.title(alarm), colour: (mark) => t(`map.warning.${mark}`) },
    ),
  )
  // The map file names towns in Chinese whatever the language of the page.
  const townName = computed(() => new Map((overview.data.value?.towns ?? []).map(({ code, name }) => [code, typeof name === 'string' ? name : name.zh])))
  const names = computed(() => Object.fromEntries((overview.data.value?.towns ?? []).map(({ name }) => (typeof name === 'string' ? [name, name] : [name.zh, words.say(name)]))))
  /** A town has the worst colour of the warnings that stand in it. */
  const tints = computed((): Record<string, Mark> => {
    const found: Record<string, Mark> = {}
    for (const { region, body } of warnings.data.value?.items ?? []) {
      const name = townName.value.get(region ?? '')
      if (name && body.colour && (!found[name] || markRank(body.colour) < markRank(found[name]))) found[name] = body.colour
    }
    return found
  })
  const sortedAlarms = computed(() => [...(alarms.data.value?.items ?? [])].sort(byUrgency))
  const failed = computed(() => [enterprises, units, alarms, warnings].some((query) => query.isError.value))
  const retry = () => void Promise.all([enterprises, units, dangers, alarms, warnings, overview].map((query) => query.refetch()))
  return { enterprises, units, dangers, alarms: sortedAlarms, warnings: computed(() => warnings.data.value?.items ?? []), overview: overview.data, objects, tints, names, failed, retry, locale }
}
