// What is wrong with a value, in words.
import { inject, type InjectionKey } from 'vue'

import type { Kind } from '../api/types'
import { useWords } from '../i18n'
import { fieldOf } from './kinds'
import type { Wrong } from './validate'

export const KIND: InjectionKey<() => Kind | undefined> = Symbol('kind')

export function useWrong(given?: () => Kind | undefined) {
  const { t, label } = useWords()
  const kind = given ?? inject(KIND, () => undefined)
  return (wrong: Wrong): string => {
    if (wrong.code === 'server') return wrong.text ?? ''
    if (wrong.code === 'one_of') {
      const about = kind()
      const names = (wrong.text ?? '').split(',').map((id) => label(about && fieldOf(about, id)?.label) || id)
      return t('fields.error_one_of', { text: names.join(t('fields.comma')) })
    }
    return t(`fields.error_${wrong.code}`, { n: wrong.n ?? '' })
  }
}
