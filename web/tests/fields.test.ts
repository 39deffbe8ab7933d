// Every field type can be shown and edited, and gives back exactly what goes over the wire.
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { api } from '../src/api/client'
import type { Field, FieldType } from '../src/api/types'
import { editOf, filterOf, showOf } from '../src/fields'
import { within } from '../src/fields/photo'
import { i18n } from '../src/i18n'

const TYPES: FieldType[] = ['text', 'long_text', 'integer', 'decimal', 'money', 'yes_no', 'date', 'time', 'instant', 'choice', 'tree', 'record', 'enterprise', 'person', 'organisation', 'point', 'place', 'photos', 'files', 'signature', 'rows']
const words = (text: string) => ({ zh: text, en: text })
const field = (type: FieldType, more: Partial<Field> = {}): Field => ({ id: 'it', type, label: words('它'), ...more })
const global = { plugins: [i18n], stubs: { RouterLink: { template: '<a><slot /></a>' }, ElSelect: true, ElOption: true, ElTreeSelect: true, ElDatePicker: true, ElTimePicker: true } }
const edit = (about: Field, modelValue?: unknown) => mount(editOf(about.type), { props: { field: about, modelValue, id: 'it' }, global })
const show = (about: Field, value?: unknown, more = {}) => mount(showOf(about.type), { props: { field: about, value, ...more }, global }).text()
const given = (box: ReturnType<typeof edit>) => box.emitted('update:modelValue')?.at(-1)?.[0]
const colours = [{ code: 'red', label: words('红色'), mark: 'red' as const }, { code: 'blue', label: words('蓝色'), mark: 'blue' as const }]

beforeEach(() => vi.restoreAllMocks())

describe('every type', () => {
  it.each(TYPES)('%s has an editor and a display', (type) => {
    expect(editOf(type)).toBeTruthy()
    expect(showOf(type)).toBeTruthy()
    expect(show(field(type, { codes: [], columns: [] }))).toBe('—')
  })
  it('can be filtered by where the platform can', () => expect(TYPES.filter((type) => filterOf(type)).sort()).toEqual(['choice', 'date', 'decimal', 'enterprise', 'instant', 'integer', 'organisation', 'person', 'point', 'record', 'tree', 'yes_no']))
})

describe('figures', () => {
  it('money is typed in 万元 and sent in fen, without crumbs', async () => {
    const box = edit(field('money'))
    await box.find('input').setValue('4.8')
    expect(given(box)).toBe(4_800_000)
    expect(show(field('money'), 4_800_000)).toBe('4.80 万元')
  })
  it('small sums are typed in yuan', async () => {
    const box = edit(field('money', { range: [0, 1_000_000] }))
    await box.find('input').setValue('0.07')
    expect(given(box)).toBe(7)
  })
  it('what cannot be read stays as it was typed, to be refused', async () => {
    const box = edit(field('decimal'))
    await box.find('input').setValue('1,2x')
    expect(given(box)).toBe('1,2x')
    await box.find('input').setValue('')
    expect(given(box)).toBeUndefined()
  })
})

describe('choices', () => {
  it('a few stand open, with shape and word', async () => {
    const box = edit(field('choice', { codes: colours }))
    expect(box.findAll('input[type=radio]')).toHaveLength(2)
    expect(box.findAll('svg.risk-mark')).toHaveLength(2)
    await box.findAll('input')[1]!.trigger('change')
    expect(given(box)).toBe('blue')
  })
  it('several give a list, and none gives nothing', async () => {
    const box = edit(field('choice', { codes: colours, many: true }), ['red'])
    await box.findAll('input')[1]!.setValue(true)
    expect(given(box)).toEqual(['red', 'blue'])
    await box.findAll('input')[0]!.setValue(false)
    expect(given(box)).toBeUndefined()
  })
  it('codes that ended are not offered, but kept where they stand', () => {
    const codes = [{ code: 'old', label: words('旧'), to: '2020-01-01' }, { code: 'new', label: words('新') }]
    expect(edit(field('choice', { codes })).text()).toBe('新')
    expect(edit(field('choice', { codes }), 'old').text()).toBe('旧新')
    expect(show(field('choice', { codes }), 'old')).toBe('旧')
  })
  it('a branch is shown with what it hangs on', () => {
    const codes = [{ code: 'a', label: words('设备设施') }, { code: 'b', label: words('安全附件'), parent: 'a' }]
    expect(show(field('tree', { codes }), 'b')).toBe('设备设施 / 安全附件')
    expect(show(field('tree', { codes }), 'b', { compact: true })).toBe('安全附件')
  })
  it('yes, no and not answered are three things', () => expect([true, false, undefined].map((value) => show(field('yes_no'), value))).toEqual(['是', '否', '—']))
})

describe('linked and sent things', () => {
  it('links are shown by name', () => expect(show(field('record', { many: true }), ['A', 'B'], { refs: { A: { kind: 'k', title: '甲' }, B: { kind: 'k', title: '乙' } } })).toBe('甲、乙'))
  it('a photo is sent and its id is the value', async () => {
    vi.spyOn(api, 'upload').mockResolvedValue({ id: 'P1', name: 'a.jpg', size: 3, type: 'image/jpeg' })
    const box = edit(field('photos', { max: 9 }))
    const input = box.find('input')
    Object.defineProperty(input.element, 'files', { value: [new File(['abc'], 'a.jpg', { type: 'image/jpeg' })], configurable: true })
    await input.trigger('change')
    await flushPromises()
    expect(given(box)).toEqual(['P1'])
  })
  it('a photo that was not sent is said so', async () => {
    vi.spyOn(api, 'upload').mockRejectedValue(new Error('no'))
    const box = edit(field('photos'))
    const input = box.find('input')
    Object.defineProperty(input.element, 'files', { value: [new File(['abc'], 'a.jpg', { type: 'image/jpeg' })], configurable: true })
    await input.trigger('change')
    await flushPromises()
    expect(given(box)).toBeUndefined()
    expect(box.find('[role=alert]').text()).toContain('a.jpg')
  })
  it('photos keep their proportions and never grow', () => {
    expect(within(4000, 3000, 1920)).toEqual([1920, 1440])
    expect(within(800, 600, 1920)).toEqual([800, 600])
  })
  it('a place is two figures', async () => {
    const box = edit(field('place'), { lon: 119.9, lat: 31.9 })
    await box.findAll('input')[1]!.setValue('32')
    expect(given(box)).toEqual({ lon: 119.9, lat: 32 })
  })
})

describe('rows', () => {
  const about = field('rows', { append_only: true, columns: [field('text', { id: 'why', required: true })] })
  it('old rows of an append-only table are shown, not edited', async () => {
    const box = edit(about, [{ id: 'R1', why: 'first' }])
    expect(box.text()).toContain('first')
    expect(box.findAll('input')).toHaveLength(0)
    await box.find('button.add').trigger('click')
    expect(given(box)).toEqual([{ id: 'R1', why: 'first' }, {}])
  })
  it('particulars kept in an object of their own are shown as columns', () => expect(show(about, [{ id: 'R1', evidence: { why: 'seen' } }])).toContain('seen'))
  it('a cell changes its own row only', async () => {
    const box = edit(about, [{ id: 'R1', why: 'first' }, {}])
    await box.find('input').setValue('second')
    expect(given(box)).toEqual([{ id: 'R1', why: 'first' }, { why: 'second' }])
  })
})
