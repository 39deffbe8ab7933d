// Sounds while an alarm of the list is unacknowledged, and says whether it can be heard.
import { computed, onMounted, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'

import { markOf, markRank, unacked } from './alarms'
import { AlarmSound, MAX_MUTE_MS } from './sound'
import type { Alarm, Mark } from './types'
import { useNow } from './useLive'

export function useAlarmSound(alarms: MaybeRefOrGetter<readonly Alarm[]>) {
  const sound = new AlarmSound()
  const now = useNow()
  const audible = ref(false)
  const mutedUntil = ref(0)
  const worst = computed(
    (): Mark | null =>
      toValue(alarms)
        .filter(unacked)
        .map(({ priority }) => markOf(priority))
        .sort((a, b) => markRank(a) - markRank(b))[0] ?? null,
  )
  watch(worst, (mark) => sound.sound(mark), { immediate: true })
  const wake = async () => {
    if (!audible.value) audible.value = await sound.wake()
  }
  onMounted(() => {
    mutedUntil.value = sound.mutedUntil
    window.addEventListener('pointerdown', wake)
    window.addEventListener('keydown', wake)
  })
  onScopeDispose(() => {
    window.removeEventListener('pointerdown', wake)
    window.removeEventListener('keydown', wake)
    sound.stop()
  })
  const mutedFor = computed(() => Math.max(0, mutedUntil.value - now.value))
  const state = computed((): 'blocked' | 'muted' | 'sounding' | 'ready' => {
    if (!audible.value) return 'blocked'
    if (mutedFor.value > 0) return 'muted'
    return worst.value ? 'sounding' : 'ready'
  })
  async function toggle() {
    if (state.value === 'blocked') return wake()
    if (mutedFor.value > 0) sound.unmute()
    else sound.mute(MAX_MUTE_MS)
    mutedUntil.value = sound.mutedUntil
  }
  return { state, mutedFor, toggle }
}
