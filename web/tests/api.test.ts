// The browser's idea of an answer has every part that the platform's document promises.
import { describe, expect, it } from 'vitest'

import { ApiError, queryString, url } from '../src/api/client'
import type { components } from '../src/api/openapi.gen'
import type { AlarmSummary, Attachment, KindSummary, Me, Point, Rec, Task } from '../src/api/types'

type Schemas = components['schemas']
/** `true`, or the names that the document has and our type does not: then the type check fails. */
type Complete<Document, Ours> = [Exclude<keyof Document, keyof Ours>] extends [never] ? true : Exclude<keyof Document, keyof Ours>
const complete: [Complete<Schemas['Record'], Rec>, Complete<Schemas['Me'], Me>, Complete<Schemas['Task'], Task>, Complete<Schemas['Point'], Point>, Complete<Schemas['Attachment'], Attachment>, Complete<Schemas['KindSummary'], KindSummary>] = [true, true, true, true, true, true]
type Shared = keyof Schemas['Alarm'] & keyof AlarmSummary
const shared: Shared[] = ['id', 'point', 'condition', 'priority', 'state', 'raised_at', 'value', 'limit', 'unit']

describe('the client', () => {
  it('knows what the document promises', () => {
    expect(complete.every(Boolean)).toBe(true)
    expect(shared).toContain('state')
  })
  it('writes ids into addresses so that they stay ids', () => expect(url('/api/v1/records/{kind}/{id}', { kind: 'leak', id: 'a/b?c' })).toBe('/api/v1/records/leak/a%2Fb%3Fc'))
  it('repeats a parameter for any of its values and leaves out what is not set', () => expect(queryString({ state: ['a', 'b'], q: '', page: 2, mine: undefined, sort: null })).toBe('?state=a&state=b&page=2'))
  it('reads a guard that refuses one field as a list of one', () => {
    const error = new ApiError(409, { code: 'too_late', title: 'Refused', detail: 'At the latest tomorrow.', field: 'body.rectify_by' })
    expect(error.errors).toEqual([{ field: 'body.rectify_by', code: 'too_late', message: 'At the latest tomorrow.' }])
  })
  it('calls a request that never arrived offline', () => expect(new ApiError(0, { code: 'offline' }).offline).toBe(true))
})
