// Values are refused before they are sent, for the reasons for which the platform would refuse them.
import { describe, expect, it } from 'vitest'

import type { Field } from '../api/types'
import { wrongWith } from './validate'

const field = (type: Field['type'], more: Partial<Field> = {}): Field => ({ id: 'it', type, label: { zh: '它', en: 'It' }, ...more })
const text = (form: string) => field('text', { form })

describe('a value', () => {
  it.each([
    ['a long enough text', field('long_text', { length: [10, 500] }), '灭火器压力不足，指针在红区', null],
    ['characters count, not bytes', field('text', { length: [2, 3] }), '𠮷野家', null],
    ['a short text', field('long_text', { length: [10, 500] }), '罐区 3 台探测器', 'too_short'],
    ['a mobile number', text('phone'), '13800000000', null],
    ['a landline', text('phone'), '0519-85100000', null],
    ['half a number', text('phone'), '1380000', 'phone'],
    ['a service number', text('phone'), '12350', null],
    ['a credit code', text('uscc'), '91320411MAE5EE554Q', null],
    ['a credit code with a wrong check', text('uscc'), '91320411MAA1AA1120', 'uscc'],
    ['an identity number with a wrong check', text('id_card'), '110101199003074510', 'id_card'],
    ['whole fen', field('money'), 480_000, null],
    ['a tenth of a fen', field('money'), 0.1, 'places'],
    ['too many digits', field('decimal', { places: 2 }), 1.234, 'places'],
    ['what is not a number', field('decimal'), 'abc', 'wrong_type'],
    ['below the range', field('integer', { range: [0, 9] }), -1, 'too_small'],
    ['a day after the last', field('date', { range: ['2020-01-01', '2026-12-31'] }), '2027-01-01', 'too_large'],
    ['too few persons', field('person', { many: true, min: 2 }), ['A'], 'too_few'],
    ['half a place', field('place'), { lon: 119.9 }, 'wrong_type'],
    ['nothing', field('text', { length: [2, 9] }), '', null],
  ] as const)('%s', (_, about, value, code) => {
    expect(wrongWith(about as Field, value)?.code ?? null).toBe(code)
  })
})
