import { beforeEach, expect, test } from 'vitest'

import { loadDraft, newDraft, saveDraft } from './draft'
import { fit } from './picture'

beforeEach(() => localStorage.clear())

test('a draft outlives the page and keeps its key', () => {
  const draft = newDraft('hidden_danger')
  draft.body.summary = '灭火器压力不足'
  saveDraft('u1', draft)
  expect(loadDraft('u1', 'hidden_danger')).toEqual(draft)
})

test('another person on the same phone does not see it', () => {
  saveDraft('u1', newDraft('hidden_danger'))
  expect(loadDraft('u2', 'hidden_danger')).toBeNull()
})

test('a damaged draft is no draft', () => {
  localStorage.setItem('anlan.phone.draft.u1.hidden_danger', '{"id":')
  expect(loadDraft('u1', 'hidden_danger')).toBeNull()
})

test('a picture is made smaller, never larger', () => {
  expect(fit(4000, 3000, 1600)).toEqual([1600, 1200])
  expect(fit(3000, 4000, 1600)).toEqual([1200, 1600])
  expect(fit(640, 480, 1600)).toEqual([640, 480])
})
