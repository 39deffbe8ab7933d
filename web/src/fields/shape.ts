// How much room a field takes, whether it is shown or edited.
import type { Field } from '../api/types'

/** Types that need the whole width, whatever else stands beside them. */
export const isWide = (field: Field): boolean => ['long_text', 'photos', 'files', 'signature', 'rows', 'place'].includes(field.type)
/** Columns out of 12. */
export const spanOf = (field: Field): number => field.span ?? (isWide(field) ? 12 : 6)
/** Figures stand right in tables. */
export const isFigure = (field: Field): boolean => ['integer', 'decimal', 'money'].includes(field.type)
