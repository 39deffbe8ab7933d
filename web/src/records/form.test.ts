// A form shows what applies, says what is wrong when asked, and sends only what changed.
import { describe, expect, it } from 'vitest'

import { ApiError } from '../api/client'
import type { Body, Field, Kind } from '../api/types'
import { useForm, type FormWish } from './form'
import { pathAhead } from './path'

const words = (text: string) => ({ zh: text, en: text })
const field = (id: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ id, type, label: words(id), ...more })
const state = (id: string, tone: 'waiting' | 'done' | 'void' = 'waiting') => ({ id, label: words(id), tone, final: tone !== 'waiting', standing: false })
const action = (id: string, from: string[], to: string, more = {}) => ({ id, label: words(id), from, to, needs: [], asks: [], reason: false, grave: false, accepts: false, settles: [], ...more })

const kind: Kind = {
  id: 'leak', version: 1, domain: 'demo', label: words('leak'), home: 'enterprise', title: 'summary',
  groups: [{ id: 'listing', label: words('listing'), visible: [[{ field: 'level', in: ['major'] }]] }],
  fields: [
    field('summary', 'long_text', { length: [10, 500], required: true }),
    field('level', 'choice', { codes: [{ code: 'general', label: words('general') }, { code: 'major', label: words('major') }] }),
    field('criteria', 'text', { visible: [[{ field: 'level', in: ['major'] }]], required: [[{ field: 'level', in: ['major'] }]] }),
    field('unit', 'text', { group: 'listing' }),
    field('photos', 'photos'), field('papers', 'files'),
    field('extensions', 'rows', { append_only: true, columns: [field('until', 'date', { required: true }), field('why', 'text')] }),
    field('on_time', 'yes_no', { derived: true }),
    field('found_on', 'date', { default: 'today' }),
  ],
  states: [state('found'), state('assessed'), state('fixing'), state('closed', 'done'), state('void', 'void')],
  create: { needs: [], asks: [] },
  actions: [
    action('dismiss', ['found'], 'void'), action('assess', ['found'], 'assessed'),
    action('list', ['assessed'], 'fixing', { when: [[{ field: 'level', in: ['major'] }]] }),
    action('plan', ['assessed'], 'fixing', { when: [[{ field: 'level', in: ['general'] }]] }),
    action('back', ['fixing'], 'assessed'), action('close', ['fixing'], 'closed'),
  ],
  tasks: [], list: { columns: [], filters: [], sort: [] }, views: [], documents: [], indicators: [], inverse: [],
}
const form = (wish: Partial<FormWish>) => useForm({ kind, needs: [], asks: [], stored: {}, state: '', oneRow: false, defaults: false, reason: false, ...wish })
const shown = (it: ReturnType<typeof form>) => it.shown.value.map((one) => one.id)

describe('what a form shows', () => {
  it('in the order of the kind, without derived fields', () => expect(shown(form({ asks: ['level', 'on_time', 'summary'] }))).toEqual(['summary', 'level']))
  it('follows conditions of fields and of groups while people type', () => {
    const it = form({ asks: ['level', 'criteria', 'unit'] })
    expect(shown(it)).toEqual(['level'])
    it.set('level', 'major')
    expect(shown(it)).toEqual(['level', 'criteria', 'unit'])
  })
  it('starts with defaults only where the record is new', () => {
    expect(form({ asks: ['found_on'], defaults: true }).typed.found_on).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(form({ asks: ['found_on'] }).typed.found_on).toBeUndefined()
  })
})

describe('what is wrong', () => {
  it('is not said before a field was left or the form was sent', () => {
    const it = form({ needs: ['level'], asks: ['summary'] })
    expect(it.errors.value).toEqual({})
    it.touch('summary')
    expect(it.errors.value).toEqual({ summary: { code: 'required' } })
    it.ask()
    expect(Object.keys(it.errors.value)).toEqual(['summary', 'level'])
  })
  it('counts one of several as one', () => {
    const it = form({ needs: [['photos', 'papers']] })
    it.ask()
    expect(it.errors.value).toEqual({ photos: { code: 'one_of', text: 'photos,papers' } })
    it.set('papers', ['A1'])
    expect(it.errors.value).toEqual({})
  })
  it('reaches into new rows and leaves old ones alone', () => {
    const it = form({ asks: ['extensions'], stored: { extensions: [{ id: 'R1' }] } })
    it.ask()
    expect(it.errors.value).toEqual({})
    it.set('extensions', [{ id: 'R1' }, { why: 'rain' }])
    expect(it.errors.value).toEqual({ 'extensions[1].until': { code: 'required' } })
  })
  it('asks for a reason where the action wants one', () => {
    const it = form({ reason: true })
    it.ask()
    expect(it.errors.value).toEqual({ $comment: { code: 'reason' } })
    it.comment.value = 'because'
    expect(it.errors.value).toEqual({})
  })
  it('takes the platform\'s refusals to their fields until those change', () => {
    const it = form({ asks: ['summary'] })
    it.set('summary', '灭火器压力不足，指针在红区')
    expect(it.refuse(new ApiError(422, { code: 'invalid', errors: [{ field: 'body.summary', code: 'x', message: 'No.' }, { field: 'body.other', code: 'y', message: 'Elsewhere.' }] }))).toBe(true)
    expect(it.errors.value.summary).toEqual({ code: 'server', text: 'No.' })
    expect(it.outside.value.map((error) => error.message)).toEqual(['Elsewhere.'])
    it.set('summary', '灭火器压力不足，指针在红区。')
    expect(it.errors.value.summary).toBeUndefined()
  })
})

describe('what is sent', () => {
  const stored: Body = { summary: '灭火器压力不足，指针在红区', level: 'general' }
  it('is what changed, and null for what was emptied', () => {
    const it = form({ asks: ['summary', 'level'], stored, state: 'found' })
    expect(it.output()).toEqual({})
    it.set('level', undefined)
    expect(it.output()).toEqual({ level: null })
  })
  it('leaves out what became invisible', () => {
    const it = form({ asks: ['level', 'criteria'] })
    it.set('level', 'major')
    it.set('criteria', 'A')
    it.set('level', 'general')
    expect(it.output()).toEqual({ level: 'general' })
  })
  it('has what the action needs even where the record had it already', () => expect(form({ needs: ['level'], stored, state: 'found' }).output()).toEqual({ level: 'general' }))
  it('adds one row and never the old ones', () => {
    const it = form({ needs: ['extensions'], oneRow: true, stored: { extensions: [{ id: 'R1', until: '2026-11-01' }] } })
    it.set('extensions', [{ until: '2026-12-01' }])
    expect(it.output()).toEqual({ extensions: [{ until: '2026-12-01' }] })
  })
})

describe('the way ahead', () => {
  const way = (from: string, body: Body) => pathAhead(kind, from, body).map((step) => step.action.id)
  it('takes the branch that the record is on', () => expect(way('assessed', { level: 'general' })).toEqual(['plan', 'close']))
  it('ends where the record must still decide', () => {
    const forked = { ...kind, states: [...kind.states.slice(0, 2), state('listed'), ...kind.states.slice(2)], actions: kind.actions.map((one) => (one.id === 'list' ? { ...one, to: 'listed' } : one)) }
    expect(pathAhead(forked, 'found', {}).map((step) => step.action.id)).toEqual(['assess'])
  })
  it('goes on where every way leads to the same state', () => expect(way('found', {})).toEqual(['assess', 'list', 'close']))
  it('ends where the record ends', () => expect(way('closed', {})).toEqual([]))
})
