// Who holds this phone, also when there is no network to ask.
import { computed, watch } from 'vue'
import type { Me } from '../../api/types'
import { useMe } from '../../app/session'
import { keep, kept } from '../../offline/kept'

export function useOwner() {
  const me = useMe()
  watch(me.data, (now) => now && keep('me', now), { immediate: true })
  return computed<Me | undefined>(() => me.data.value ?? kept<Me>('me'))
}
