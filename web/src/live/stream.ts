// The one stream of server-sent events of this window: who wants which topics and points, reconnecting, and the age of what was heard.

import type { Alarm, RecordSeen, Sample, Warning } from './types'

export interface Heard {
  alarm: Alarm
  warning: Warning
  record: RecordSeen
  sample: Sample
  /** What was shown may be out of date: fetch it again. */
  reset: object
  /** From now on everything is heard; what was fetched before may miss what happened in between. */
  open: object
  tick: { at: string }
}

export type Topic = 'alarms' | 'warnings' | 'records'
export type Source = Pick<EventSource, 'addEventListener' | 'close' | 'readyState' | 'url'> & {
  onopen: ((event: Event) => unknown) | null
  onerror: ((event: Event) => unknown) | null
}

const EVENTS = ['alarm', 'warning', 'record', 'sample', 'reset', 'tick'] as const
const CLOSED = 2
const MAX_WAIT_MS = 30_000
/** The server refuses more points on one stream. */
const MAX_POINTS = 200
/** A page that opens asks for several things at once; they go into one connection. */
const SETTLE_MS = 60

export class LiveStream {
  private source: Source | null = null
  /** Still speaking until its successor has opened. */
  private readonly retiring: Source[] = []
  private url = ''
  private topics = new Map<Topic, number>()
  private points = new Map<string, number>()
  private listeners = new Map<string, Set<(data: never) => void>>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private resumable = false
  private broken = false
  /** Milliseconds on the clock given, when anything was last heard; null before the first word. */
  heardAt: number | null = null
  connected = false

  constructor(
    private readonly open: (url: string) => Source,
    private readonly now: () => number,
  ) {}

  /** Keeps the topics and points coming until the returned function is called. */
  want(topics: readonly Topic[], points: readonly string[] = []): () => void {
    const add = <T>(counts: Map<T, number>, keys: readonly T[], by: number) => {
      for (const key of keys) {
        const count = (counts.get(key) ?? 0) + by
        if (count > 0) counts.set(key, count)
        else counts.delete(key)
      }
    }
    add(this.topics, topics, 1)
    add(this.points, points, 1)
    this.settle(SETTLE_MS)
    let released = false
    return () => {
      if (released) return
      released = true
      add(this.topics, topics, -1)
      add(this.points, points, -1)
      this.settle(SETTLE_MS)
    }
  }

  on<K extends keyof Heard>(event: K, listener: (data: Heard[K]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, set.add(listener as (data: never) => void))
    return () => set.delete(listener as (data: never) => void)
  }

  private settle(ms: number) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.follow(), ms)
  }

  private wanted(): string {
    if (this.topics.size === 0 && this.points.size === 0) return ''
    const query = new URLSearchParams()
    if (this.topics.size > 0) query.set('topics', [...this.topics.keys()].sort().join(','))
    if (this.points.size > 0) query.set('points', [...this.points.keys()].sort().slice(0, MAX_POINTS).join(','))
    return `/api/v1/live?${query}`
  }

  private follow() {
    const url = this.wanted()
    if (url === this.url && this.source && this.source.readyState !== CLOSED) return
    if (url) this.connect(url)
    else this.stop()
  }

  private retire() {
    for (const source of this.retiring.splice(0)) source.close()
  }

  private stop() {
    this.retire()
    this.source?.close()
    this.source = null
    this.url = ''
    this.connected = false
  }

  private connect(url: string) {
    if (this.source) this.retiring.push(this.source)
    const next = this.open(url)
    this.source = next
    this.url = url
    next.onopen = () => {
      if (this.source !== next) return next.close()
      // The old one ends only now, so that nothing is said between the two.
      this.retire()
      this.failures = 0
      this.connected = true
      this.heard()
      if (this.broken && !this.resumable) this.tell('reset', {})
      else this.tell('open', {})
      this.broken = false
    }
    next.onerror = () => {
      if (this.source !== next) return
      this.connected = false
      this.broken = true
      // Otherwise the browser is already reconnecting, with the number of the last event.
      if (next.readyState === CLOSED) {
        this.retire()
        this.resumable = false
        this.failures += 1
        this.settle(Math.min(1000 * 2 ** (this.failures - 1), MAX_WAIT_MS))
      }
    }
    for (const name of EVENTS) {
      next.addEventListener(name, (event: Event) => {
        const message = event as MessageEvent<string>
        if (message.lastEventId) this.resumable = true
        this.heard()
        this.tell(name, JSON.parse(message.data || '{}'))
      })
    }
  }

  private heard() {
    this.heardAt = this.now()
  }

  private tell(name: string, data: unknown) {
    for (const listener of this.listeners.get(name) ?? []) (listener as (data: unknown) => void)(data)
  }
}

export type Freshness = 'connecting' | 'live' | 'late' | 'lost'

/** Amber after 5 s without a word, red after 15 s. */
export function freshness(heardAt: number | null, now: number): Freshness {
  if (heardAt === null) return 'connecting'
  const age = now - heardAt
  if (age < 5_000) return 'live'
  return age < 15_000 ? 'late' : 'lost'
}
