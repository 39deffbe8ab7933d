// Light or dark, chosen by the person or by the computer.
import { ref } from 'vue'

export type ThemeChoice = 'light' | 'dark' | 'system'
const KEY = 'anlan.theme'
const system = window.matchMedia?.('(prefers-color-scheme: dark)')
const kept = localStorage.getItem(KEY)

export const themeChoice = ref<ThemeChoice>(kept === 'light' || kept === 'dark' || kept === 'system' ? kept : 'light')
/** A page that is always dark, such as the duty screen, says so while it is shown. */
const forced = ref<'light' | 'dark' | null>(null)
/** What is on the screen now. */
export const theme = ref<'light' | 'dark'>('light')

function apply(): void {
  const wanted = themeChoice.value === 'system' ? (system?.matches ? 'dark' : 'light') : themeChoice.value
  theme.value = forced.value ?? wanted
  document.documentElement.dataset.theme = theme.value
}
export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice
  localStorage.setItem(KEY, choice)
  apply()
}
export function forceTheme(which: 'light' | 'dark' | null): void {
  forced.value = which
  apply()
}
system?.addEventListener?.('change', apply)
apply()
