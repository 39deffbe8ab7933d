// A short word that something is done. It never blocks and goes by itself.
import { ref } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'done' | 'failed'
}
export const toasts = ref<Toast[]>([])
let last = 0

export function toast(text: string, tone: Toast['tone'] = 'done'): void {
  const id = ++last
  toasts.value = [...toasts.value.slice(-2), { id, text, tone }]
  setTimeout(() => dropToast(id), tone === 'done' ? 3_000 : 6_000)
}
export const dropToast = (id: number): void => void (toasts.value = toasts.value.filter((one) => one.id !== id))
