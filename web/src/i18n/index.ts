// Words of the browser. Chinese first, English complete; one file an area, the same keys in both (proved by a test).
import { computed } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'

import { setLanguage } from '../api/client'
import type { Words } from '../api/types'

export type Language = 'zh' | 'en'
type Tree = { [key: string]: string | Tree }

const gather = (files: Record<string, unknown>): Tree =>
  Object.fromEntries(Object.entries(files).map(([path, words]) => [path.replace(/^.*\/(.+)\.ts$/, '$1'), words as Tree]))

/** `zh/records.ts` holds the words under `records.`; a new area is a new pair of files. */
export const messages = {
  zh: gather(import.meta.glob('./zh/*.ts', { eager: true, import: 'default' })),
  en: gather(import.meta.glob('./en/*.ts', { eager: true, import: 'default' })),
}

const KEY = 'anlan.language'
const stored = (): Language => {
  const kept = localStorage.getItem(KEY)
  return kept === 'zh' || kept === 'en' ? kept : 'zh'
}

export const i18n = createI18n({ legacy: false, locale: stored(), fallbackLocale: 'zh', messages, missingWarn: false, fallbackWarn: false })

export const currentLanguage = (): Language => i18n.global.locale.value as Language

export function chooseLanguage(language: Language): void {
  i18n.global.locale.value = language
  localStorage.setItem(KEY, language)
  announce(language)
}

function announce(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  setLanguage(language === 'zh' ? 'zh-CN' : 'en')
}
announce(currentLanguage())

/** `t` for the browser's words, `label` for the platform's. */
export function useWords() {
  const { t } = useI18n({ useScope: 'global' })
  const language = computed(currentLanguage)
  const label = (words: Words | string | null | undefined): string =>
    !words ? '' : typeof words === 'string' ? words : (language.value === 'en' ? words.en || words.zh : words.zh || words.en)
  return { t, label, language }
}
