// Whether the network is there. The browser's word is a hint only: what counts is whether a request arrived.
import { onScopeDispose, ref, type Ref } from 'vue'

export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine)
  const tell = () => (online.value = navigator.onLine)
  window.addEventListener('online', tell)
  window.addEventListener('offline', tell)
  onScopeDispose(() => {
    window.removeEventListener('online', tell)
    window.removeEventListener('offline', tell)
  })
  return online
}
