// What the live pages fetch, under the keys that the stream keeps fresh.
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'

import { api, call, type Query } from '../api/client'
import type { HistoryItem, Kind, Page } from '../api/types'
import { kindKey, useKind, useKinds } from '../records/kinds'
import { keys, putAlarm } from './cache'
import type { Row } from './trend'
import type { Limit } from './TrendChart.vue'
import type { Alarm, AlarmEvent, Features, Overview, Warning } from './types'

const v1 = '/api/v1'

export const fetchAlarms = (query: Query) => call<Page<Alarm>>('GET', `${v1}/alarms`, { query })

export const fetchSamples = (point: string, from: number, to: number, every?: string) =>
  call<{ point: string; unit: string; rows: Row[] }>('GET', `${v1}/samples`, {
    query: { point, from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...(every ? { every, agg: 'avg' } : {}) },
  })

export const useActiveAlarms = () => useQuery({ queryKey: keys.activeAlarms, staleTime: 60_000, refetchInterval: 60_000, queryFn: () => fetchAlarms({ state: 'active', size: 200 }) })

/** Those that ended within the shift: off the map, still in the list. */
export const useEndedAlarms = () =>
  useQuery({
    queryKey: [...keys.alarms, 'list', 'ended'],
    staleTime: 15_000,
    queryFn: () => fetchAlarms({ state: 'normal', from: new Date(Date.now() - 8 * 3_600_000).toISOString(), size: 50 }),
  })

export const useAlarm = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => keys.alarm(toValue(id) ?? '')),
    enabled: computed(() => toValue(id) !== null),
    queryFn: () => call<Alarm & { events?: AlarmEvent[] }>('GET', `${v1}/alarms/${encodeURIComponent(String(toValue(id)))}`),
  })

export const useOpenWarnings = () =>
  useQuery({
    queryKey: keys.openWarnings,
    staleTime: 60_000,
    refetchInterval: 60_000,
    queryFn: async (): Promise<Page<Warning>> => (await api.records('warning', { view: 'open', size: 200 })) as unknown as Page<Warning>,
  })

export const useOverview = () => useQuery({ queryKey: keys.overview, staleTime: 10_000, refetchInterval: 30_000, queryFn: () => call<Overview>('GET', `${v1}/duty/overview`) })

export function useFeatures(kind: string, options: { open?: boolean } = {}) {
  const description = useKind(kind)
  return useQuery({
    queryKey: [...keys.features(kind), options.open === true],
    staleTime: 60_000,
    enabled: computed(() => !options.open || description.data.value !== undefined),
    queryFn: () => call<Features>('GET', `${v1}/features/${kind}`, { query: options.open ? { state: openStates(description.data.value) } : {} }),
  })
}

/** The states in which a record still waits for somebody. */
export const openStates = (kind: Pick<Kind, 'states'> | undefined): string[] => (kind?.states ?? []).filter((state) => !state.final && !state.standing).map((state) => state.id)

/** Not everybody may see every kind; asking for one that is hidden is a question without an answer. */
function useSeen(kind: string) {
  const kinds = useKinds()
  return computed(() => kinds.data.value?.items.some(({ id }) => id === kind) ?? false)
}

export function useSeenKind(kind: string) {
  return useQuery({ queryKey: kindKey(kind), staleTime: 10 * 60_000, enabled: useSeen(kind), queryFn: () => api.kind(kind) })
}

export function useRecord(kind: string, id: MaybeRefOrGetter<string | null>) {
  const seen = useSeen(kind)
  return useQuery({
    queryKey: computed(() => ['records', kind, 'one', toValue(id) ?? '']),
    enabled: computed(() => seen.value && Boolean(toValue(id))),
    queryFn: () => api.record(kind, String(toValue(id))),
  })
}

export function useHistory(kind: string, id: MaybeRefOrGetter<string | null>) {
  return useQuery({
    queryKey: computed(() => ['records', kind, 'history', toValue(id) ?? '']),
    enabled: computed(() => Boolean(toValue(id))),
    queryFn: (): Promise<Page<HistoryItem>> => api.history(kind, String(toValue(id))),
  })
}

const SIDES = { hh: 'high', h: 'high', l: 'low', ll: 'low', alarm_at: 'high' } as const

/** The limits of an alarm's rule by name; of those who may not read the rule, the one that was passed. */
export function useLimits(alarm: MaybeRefOrGetter<Alarm | null>) {
  const { t } = useI18n()
  const rule = useRecord('alarm_rule', () => toValue(alarm)?.rule ?? null)
  return computed((): Limit[] => {
    const body = rule.data.value?.body ?? {}
    const named = (Object.keys(SIDES) as (keyof typeof SIDES)[]).flatMap((id): Limit[] => {
      const value = body[id]
      // Decimals travel as text, so that no digit is lost.
      const n = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
      return Number.isFinite(n) ? [{ name: t(`alarms.limit.${id}`), value: n, tone: id === 'h' || id === 'l' ? 'low' : 'high' }] : []
    })
    const own = toValue(alarm)
    if (named.length > 0 || !own || own.limit === null) return named
    return [{ name: t(`alarms.condition.${own.condition}`), value: own.limit, tone: 'high' }]
  })
}

/** Acknowledging: the ids under way, so that nobody presses twice. */
export function useAck(done: (alarm: Alarm) => void, failed: (error: Error) => void) {
  const client = useQueryClient()
  const busy = ref<ReadonlySet<string>>(new Set())
  const mark = (id: string, on: boolean) => {
    const next = new Set(busy.value)
    if (on) next.add(id)
    else next.delete(id)
    busy.value = next
  }
  const mutation = useMutation({
    mutationFn: ({ alarm, comment }: { alarm: Alarm; comment?: string }) => call<Alarm>('POST', `${v1}/alarms/${encodeURIComponent(alarm.id)}/ack`, { body: comment ? { comment } : {} }),
    onMutate: ({ alarm }) => mark(alarm.id, true),
    onSuccess: (alarm, { alarm: before }) => {
      // What only the list knows, such as the words of the rule, stays.
      const merged = { ...before, ...alarm }
      putAlarm(client, merged)
      void client.invalidateQueries({ queryKey: keys.alarm(alarm.id) })
      void client.invalidateQueries({ queryKey: keys.overview })
      done(merged)
    },
    onError: (error) => failed(error),
    onSettled: (_, __, { alarm }) => mark(alarm.id, false),
  })
  return { busy, ack: (alarm: Alarm, comment?: string) => mutation.mutate(comment ? { alarm, comment } : { alarm }) }
}

export function useScenario(enabled: MaybeRefOrGetter<boolean>) {
  const client = useQueryClient()
  const key = ['demo', 'scenario']
  const state = useQuery({ queryKey: key, enabled: computed(() => toValue(enabled)), refetchInterval: 20_000, queryFn: () => call<{ running: boolean; name?: string }>('GET', `${v1}/demo/scenario`) })
  const again = () => client.invalidateQueries({ queryKey: key })
  const start = useMutation({ mutationFn: () => call('POST', `${v1}/demo/scenario`, { body: { name: 'leak' } }), onSettled: again })
  const stop = useMutation({ mutationFn: () => call('DELETE', `${v1}/demo/scenario`), onSettled: again })
  return { state, start, stop }
}
