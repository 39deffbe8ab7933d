// The readings of one point over the last while: history first, then whatever the stream brings.
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'

import { fetchSamples } from './queries'
import { push, tidy, usualPeriod, type Row } from './trend'
import { onLive, platformNow, useLive, useNow } from './useLive'

export const RANGES = { '10m': 10 * 60_000, '1h': 3_600_000, '8h': 8 * 3_600_000, '7d': 7 * 86_400_000 } as const
export type Range = keyof typeof RANGES
/** Beyond an hour single readings are more than a screen has pixels. */
const EVERY: Record<Range, { every?: string; ms: number }> = { '10m': { ms: 1000 }, '1h': { ms: 1000 }, '8h': { every: '1m', ms: 60_000 }, '7d': { every: '15m', ms: 900_000 } }

export function useTrend(point: MaybeRefOrGetter<string | null>, range: MaybeRefOrGetter<Range>) {
  const now = useNow()
  const live = ref<Row[]>([])
  const query = useQuery({
    queryKey: computed(() => ['samples', toValue(point), toValue(range)]),
    enabled: computed(() => toValue(point) !== null),
    staleTime: 0,
    gcTime: 60_000,
    refetchInterval: computed(() => (EVERY[toValue(range)].every ? 60_000 : false)),
    queryFn: async (): Promise<{ rows: Row[]; unit: string }> => {
      const to = platformNow()
      const { every } = EVERY[toValue(range)]
      const answer = await fetchSamples(String(toValue(point)), to - RANGES[toValue(range)], to + 1000, every)
      return { rows: tidy(answer.rows), unit: answer.unit }
    },
  })
  watch(
    () => [toValue(point), toValue(range)],
    () => (live.value = []),
  )
  useLive([], () => (toValue(point) ? [String(toValue(point))] : []))
  onLive('sample', (sample) => {
    if (sample.p === toValue(point)) live.value = push(live.value, sample, platformNow(), RANGES['1h'])
  })
  const rows = computed((): Row[] => {
    const old = query.data.value?.rows ?? []
    const keep = now.value - RANGES[toValue(range)]
    if (EVERY[toValue(range)].every) return old.filter(([t]) => t >= keep)
    return tidy([...old, ...live.value]).filter(([t]) => t >= keep)
  })
  const last = computed((): Row | null => live.value[live.value.length - 1] ?? rows.value[rows.value.length - 1] ?? null)
  const periodMs = computed(() => (EVERY[toValue(range)].every ? EVERY[toValue(range)].ms : usualPeriod(rows.value.slice(-120), 1000)))
  const unit = computed(() => query.data.value?.unit ?? '')
  const from = computed(() => now.value - RANGES[toValue(range)])
  return { rows, last, periodMs, unit, from, to: now, query }
}
