import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ApiError } from '../../api/client'
import { newDraft } from '../../offline/draft'
import { sendReport } from './sendReport'

vi.mock('../../offline/db', () => ({ photos: { put: async () => 1 } }))

const asked: { path: string; key?: string; body: unknown }[] = []
let answers: (() => Response)[] = []
const record = (body: object) => Response.json({ id: 'r1', kind: 'hidden_danger', number: 'YH-2026-0001', revision: 1, body }, { status: 201 })

beforeEach(() => {
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, key: (init.headers as Record<string, string>)['idempotency-key'], body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body })
    return answers.shift()!()
  })
})
afterEach(() => vi.unstubAllGlobals())
const draft = () => Object.assign(newDraft('hidden_danger'), { body: { summary: '灭火器压力不足，指针在红区' } })
const send = (one: ReturnType<typeof draft>) => sendReport(one, [], () => {}, () => {})

test('trying again after a lost answer asks the same thing under the same key', async () => {
  const one = draft()
  answers = [() => { throw new TypeError('network') }, () => record(one.body)]
  await expect(send(one)).rejects.toMatchObject({ status: 0 })
  await send(one)
  expect(asked[1]).toEqual(asked[0])
  expect(asked[0]!.key).toBe(one.id)
})

test('what was changed after a lost answer follows as a change', async () => {
  const one = draft()
  answers = [() => { throw new TypeError('network') }, () => record(one.body), () => record(one.body)]
  await expect(send(one)).rejects.toBeInstanceOf(ApiError)
  one.body = { ...one.body, place: '一车间' } as typeof one.body
  const sent = await send(one)
  expect(asked[1]).toEqual(asked[0])
  expect(asked[2]).toMatchObject({ path: '/api/v1/records/hidden_danger/r1', body: { revision: 1, body: { place: '一车间' } } })
  expect(sent.lost).toBeUndefined()
})

test('after a refusal the corrected report is a new request', async () => {
  const one = draft()
  answers = [() => Response.json({ code: 'invalid', errors: [] }, { status: 422 }), () => record(one.body)]
  await expect(send(one)).rejects.toMatchObject({ code: 'invalid' })
  one.body = { summary: '灭火器压力不足，指针在红区，已停用' }
  await send(one)
  expect(asked[1]!.body).toEqual({ body: one.body })
})

test('a photo that is already there is not sent again', async () => {
  const one = draft()
  const photo = { id: 'p1', draft: one.id, name: 'a.jpg', blob: new Blob(['x']) }
  answers = [() => Response.json({ id: 'att1' }, { status: 201 }), () => { throw new TypeError('network') }, () => record(one.body)]
  await expect(sendReport(one, [photo], () => {}, () => {})).rejects.toBeInstanceOf(ApiError)
  await sendReport(one, [photo], () => {}, () => {})
  expect(asked.map((one) => one.path)).toEqual(['/api/v1/attachments', '/api/v1/records/hidden_danger', '/api/v1/records/hidden_danger'])
})
