// What the stream says, put into what the pages have fetched: an alarm or a warning in place, anything else by fetching it again.
import { useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { onScopeDispose } from 'vue'

import { withAlarm } from './alarms'
import type { Alarm, Page, RecordSeen, Warning } from './types'
import { onLive, useLive } from './useLive'

export const keys = {
  activeAlarms: ['alarms', 'active'] as const,
  alarms: ['alarms'] as const,
  alarm: (id: string) => ['alarms', 'one', id] as const,
  openWarnings: ['records', 'warning', 'open'] as const,
  overview: ['duty', 'overview'] as const,
  features: (kind: string) => ['features', kind] as const,
}

const FINAL = 'closed'

export function putAlarm(client: QueryClient, alarm: Alarm): void {
  client.setQueryData<Page<Alarm>>(keys.activeAlarms, (page) => {
    if (!page) return page
    const items = withAlarm(page.items, alarm)
    return { ...page, items, total: page.total + items.length - page.items.length }
  })
}

/** The stream names enterprise and unit by id alone; the list fetched before knows what they are called. */
function named(warning: Warning, before: Warning | undefined): Partial<Warning> {
  const known = typeof warning.enterprise === 'object' && warning.enterprise !== null
  return {
    ...(known ? {} : { enterprise: before?.enterprise ?? null }),
    refs: { ...before?.refs, ...warning.refs },
    ...(warning.state_label || before?.state !== warning.state ? {} : { state_label: before.state_label, state_tone: before.state_tone }),
  }
}

export function putWarning(client: QueryClient, warning: Warning): void {
  client.setQueryData<Page<Warning>>(keys.openWarnings, (page) => {
    if (!page) return page
    const before = page.items.find((other) => other.id === warning.id)
    const rest = page.items.filter((other) => other.id !== warning.id)
    // An older word that comes late says nothing new.
    if (before && before.revision > warning.revision) return page
    const items = warning.state === FINAL ? rest : [{ ...warning, ...named(warning, before) }, ...rest]
    return { ...page, items, total: page.total + items.length - page.items.length }
  })
}

/** Follows alarms, warnings and records for as long as the calling page lives. */
export function useLiveCache(): void {
  const client = useQueryClient()
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  // A storm of a hundred alarms asks for the figures once, not a hundred times.
  const soon = (key: readonly unknown[], ms: number) => {
    const name = JSON.stringify(key)
    if (waiting.has(name)) return
    waiting.set(
      name,
      setTimeout(() => {
        waiting.delete(name)
        void client.invalidateQueries({ queryKey: key })
      }, ms),
    )
  }
  useLive(['alarms', 'warnings', 'records'])
  onLive('alarm', (alarm) => {
    putAlarm(client, alarm)
    soon(keys.alarm(alarm.id), 300)
    soon(['alarms', 'list'], 1_500)
    soon(keys.overview, 2_000)
  })
  onLive('warning', (warning) => {
    putWarning(client, warning)
    soon(['records', 'warning', 'one', warning.id], 200)
    soon(['records', 'warning', 'history', warning.id], 200)
    soon(keys.overview, 2_000)
  })
  onLive('record', (record: RecordSeen) => {
    soon(['records', record.kind], 1_000)
    soon(keys.features(record.kind), 3_000)
    if (record.kind === 'hidden_danger') soon(keys.overview, 3_000)
  })
  onLive('reset', () => void client.invalidateQueries())
  // An alarm raised after the list was fetched and before the stream was open would be missing for a minute.
  onLive('open', () => {
    void client.invalidateQueries({ queryKey: keys.activeAlarms })
    void client.invalidateQueries({ queryKey: keys.openWarnings })
  })
  onScopeDispose(() => {
    for (const timer of waiting.values()) clearTimeout(timer)
  })
}
