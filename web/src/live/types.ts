// What the platform says about alarms, readings and records, as the fixed interface shows it.

import type { EnterpriseName, Mark, Rec, Words } from '../api/types'

export type { EnterpriseName, Mark, Page, Words } from '../api/types'
export type Priority = 'highest' | 'high' | 'medium' | 'low'
export type AlarmState =
  | 'unack_active'
  | 'acked_active'
  | 'rtn_unack'
  | 'normal'
  | 'shelved'
  | 'suppressed_by_design'
  | 'out_of_service'
export type Condition = 'HH' | 'H' | 'L' | 'LL' | 'rate' | 'deviation' | 'stale' | 'bad_quality' | 'state' | 'bypass'

export interface Alarm {
  id: string
  rule: string
  rule_title?: string | null
  point: string
  point_name?: string | null
  quantity?: string | null
  side: 'high' | 'low' | 'other'
  condition: Condition
  priority: Priority
  state: AlarmState
  raised_at: string
  acked_at?: string | null
  returned_at?: string | null
  value: number | null
  limit: number | null
  unit?: string | null
  enterprise?: EnterpriseName | null
  hazard_unit?: { id: string; title: string } | null
  position?: { lon: number; lat: number } | null
}

/** One step in an alarm's life, as `GET /alarms/{id}` lists them. */
export interface AlarmEvent {
  at: string
  event: string
  value?: number | null
  comment?: string | null
  by?: { id: string; name: string } | string | null
}

/** Why a warning stands: the rule, its colour, and what was seen. */
export interface Term {
  rule: string
  colour: Mark
  since?: string | null
  evidence?: {
    text?: string | null
    text_en?: string | null
    alarm?: string | null
    point?: string | null
    condition?: string | null
    value?: number | string | null
    limit?: number | string | null
    unit?: string | null
    danger?: string | null
  }
}

export type RecordItem = Rec

export type Warning = Omit<Rec, 'body'> & {
  body: { hazard_unit: string; colour?: Mark | null; peak?: Mark | null; terms: Term[]; cleared_at?: string | null } & Record<string, unknown>
}

export type Quality = 'good' | 'bad' | 'uncertain'

export interface Sample {
  p: string
  /** RFC 3339, or milliseconds since 1970. */
  t: string | number
  v: number
  q: Quality
}

export interface RecordSeen {
  kind: string
  id: string
  number?: string | null
  state: string
  revision: number
}

export interface FeatureProperties {
  id: string
  number?: string | null
  title: string
  state: string
  state_label?: Words
  enterprise?: EnterpriseName | string | null
  mark?: Mark | null
}

export interface Features {
  type: 'FeatureCollection'
  features: { type: 'Feature'; geometry: { type: 'Point'; coordinates: [number, number] }; properties: FeatureProperties }[]
  truncated?: boolean
}

export interface Overview {
  at: string
  enterprises: { total: number; online: number; offline: number }
  points: { total: number; good: number; bad: number; stale: number }
  hazard_units: { total: number; major: number; by_colour: Record<Mark | 'none', number> }
  dangers: { open: number; overdue: number; major_open: number }
  risk: Record<Mark, number>
  alarms: { active: number; unacked: number; today: number }
  loop: { date: string; found: number; closed: number; overdue: number }[]
  towns: { code: string; name: Words | string; open: number; overdue: number; colour?: Mark | null }[]
  weather: { wind_speed: number; wind_direction: number; temperature: number; humidity: number; at: string } | null
}
