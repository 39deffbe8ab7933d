// Values that are one thing or, with `many`, a list.
export const listed = (value: unknown): unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value])
export const ids = (value: unknown): string[] => listed(value).filter((one): one is string => typeof one === 'string')
/** Nothing is absence, never an empty text or list. */
export const orNothing = (value: unknown): unknown => (value === '' || value === null || (Array.isArray(value) && value.length === 0) ? undefined : value)
