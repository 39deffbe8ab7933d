// The stream: one connection for all, nothing lost when it is changed, and a word about staleness.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { freshness, LiveStream, type Source } from './stream'

class FakeSource implements Source {
  static made: FakeSource[] = []
  readyState: number = 0
  onopen: ((event: Event) => unknown) | null = null
  onerror: ((event: Event) => unknown) | null = null
  private readonly heard = new Map<string, (event: MessageEvent) => void>()
  constructor(readonly url: string) {
    FakeSource.made.push(this)
  }
  addEventListener(name: string, listener: unknown) {
    this.heard.set(name, listener as (event: MessageEvent) => void)
  }
  close() {
    this.readyState = 2
  }
  accept() {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }
  refuse() {
    this.readyState = 2
    this.onerror?.(new Event('error'))
  }
  say(name: string, data: unknown, id = '') {
    this.heard.get(name)?.(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: id }))
  }
}

let clock = 0
const made = () => FakeSource.made
const stream = () => new LiveStream((url) => new FakeSource(url), () => clock)
beforeEach(() => {
  vi.useFakeTimers()
  FakeSource.made = []
  clock = 1_000
})
afterEach(() => vi.useRealTimers())

test('what several pages want comes over one connection', () => {
  const live = stream()
  live.want(['alarms'])
  live.want(['warnings', 'alarms'], ['P2', 'P1'])
  vi.advanceTimersByTime(100)
  expect(made().map(({ url }) => url)).toEqual(['/api/v1/live?topics=alarms%2Cwarnings&points=P1%2CP2'])
})

test('the old connection speaks until the new one has opened', () => {
  const live = stream()
  const seen: unknown[] = []
  live.on('alarm', (alarm) => seen.push(alarm))
  live.want(['alarms'])
  vi.advanceTimersByTime(100)
  made()[0]!.accept()
  live.want([], ['P1'])
  vi.advanceTimersByTime(100)
  made()[0]!.say('alarm', { id: 'a' }, '1-1')
  expect(seen).toEqual([{ id: 'a' }])
  expect(made()[0]!.readyState).toBe(1)
  made()[1]!.accept()
  expect(made()[0]!.readyState).toBe(2)
})

test('nobody listening, nothing connected', () => {
  const live = stream()
  const release = live.want(['alarms'])
  vi.advanceTimersByTime(100)
  made()[0]!.accept()
  release()
  release()
  vi.advanceTimersByTime(100)
  expect(made()[0]!.readyState).toBe(2)
  expect(made()).toHaveLength(1)
})

test('a refused connection is tried again later and later, and then everything is fetched anew', () => {
  const live = stream()
  const resets: unknown[] = []
  live.on('reset', (data) => resets.push(data))
  live.want(['alarms'])
  vi.advanceTimersByTime(100)
  made()[0]!.refuse()
  vi.advanceTimersByTime(1_000)
  expect(made()).toHaveLength(2)
  made()[1]!.refuse()
  vi.advanceTimersByTime(1_000)
  expect(made()).toHaveLength(2)
  vi.advanceTimersByTime(1_000)
  expect(made()).toHaveLength(3)
  made()[2]!.accept()
  expect(resets).toHaveLength(1)
})

test('data is late after 5 s and lost after 15 s', () => {
  expect([null, 1_000, -3_999, -13_999].map((heardAt) => freshness(heardAt, 1_001))).toEqual(['connecting', 'live', 'late', 'lost'])
})
