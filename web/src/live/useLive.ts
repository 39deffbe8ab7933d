// The stream as components use it: ask for topics and points, see how fresh it is, and know the platform's time.
import { computed, onScopeDispose, readonly, ref, shallowRef, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'

import { freshness, LiveStream, type Freshness, type Heard, type Topic } from './stream'

const stream = new LiveStream(
  (url) => new EventSource(url, { withCredentials: true }),
  () => Date.now(),
)

/** The platform's clock minus this computer's: elapsed times must not depend on how a workstation is set. */
const ahead = ref(0)
stream.on('tick', ({ at }) => {
  const difference = Date.parse(at) - Date.now()
  if (Number.isFinite(difference)) ahead.value = Math.abs(difference) < 750 ? 0 : difference
})

const ticking = shallowRef(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The platform's time, told once a second. */
export function useNow(): Readonly<Ref<number>> {
  watchers += 1
  if (watchers === 1) {
    ticking.value = Date.now()
    timer = setInterval(() => (ticking.value = Date.now()), 1000)
  }
  onScopeDispose(() => {
    watchers -= 1
    if (watchers === 0) clearInterval(timer)
  })
  return computed(() => ticking.value + ahead.value)
}

export const platformNow = (): number => Date.now() + ahead.value

/** Keeps topics and points coming while the calling component lives. */
export function useLive(topics: readonly Topic[], points: MaybeRefOrGetter<readonly string[]> = []): void {
  let release = () => {}
  watch(
    () => [...toValue(points)].join(','),
    (ids) => {
      const before = release
      release = stream.want(topics, ids ? ids.split(',') : [])
      before()
    },
    { immediate: true },
  )
  onScopeDispose(() => release())
}

export function onLive<K extends keyof Heard>(event: K, listener: (data: Heard[K]) => void): void {
  onScopeDispose(stream.on(event, listener))
}

export interface Fresh {
  state: Freshness
  ageMs: number | null
}

export function useFreshness(): Readonly<Ref<Fresh>> {
  const fresh = ref<Fresh>({ state: 'connecting', ageMs: null })
  const look = () => {
    const now = Date.now()
    fresh.value = { state: freshness(stream.heardAt, now), ageMs: stream.heardAt === null ? null : now - stream.heardAt }
  }
  look()
  const every = setInterval(look, 500)
  onScopeDispose(() => clearInterval(every))
  return readonly(fresh)
}
