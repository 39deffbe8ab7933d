// The shapes the platform answers with: the fixed interface, and the descriptions from which generic pages draw themselves.

export interface Words {
  zh: string
  en: string
}
export interface Page<T> {
  items: T[]
  total: number
  page: number
  size: number
}

// --- who is asking -----------------------------------------------------------------------------------------------
export interface Post {
  role: string
  role_label?: Words
  scope: { type: 'region' | 'park' | 'enterprise' | 'platform'; id?: string; code?: string; name?: string | Words }
}
export interface MenuItem {
  id: string
  label: Words
  path: string
  kind?: string
  count?: number
}
export interface Menu {
  id: string
  label: Words
  path?: string
  items?: MenuItem[]
}
export interface Me {
  user: { id: string; name: string; username: string }
  posts: Post[]
  menus: Menu[]
  open_tasks: number
  overdue_tasks: number
  unread: number
  demo: boolean
}
export interface DemoAccount {
  username: string
  role_label: Words
  where: Words
}

// --- kinds ---------------------------------------------------------------------------------------------------------
export type Mark = 'red' | 'orange' | 'yellow' | 'blue'
export type Tone = 'waiting' | 'working' | 'returned' | 'done' | 'void'
export interface Test {
  field: string
  in?: unknown[]
  set?: boolean
  min?: unknown
  max?: unknown
}
/** One of the lists holds; a list holds if all its tests do. */
export type Condition = Test[][]
export interface Code {
  code: string
  label: Words
  parent?: string
  mark?: Mark
  from?: string
  to?: string
  source?: string
  status?: string
}
export type FieldType =
  | 'text' | 'long_text' | 'integer' | 'decimal' | 'money' | 'yes_no' | 'date' | 'time' | 'instant' | 'choice' | 'tree'
  | 'record' | 'enterprise' | 'person' | 'organisation' | 'point' | 'place' | 'photos' | 'files' | 'signature' | 'rows'
export interface Field {
  id: string
  type: FieldType
  label: Words
  help?: Words
  group?: string
  span?: 4 | 6 | 12
  many?: boolean
  min?: number
  max?: number
  required?: boolean | Condition
  visible?: Condition
  default?: unknown
  length?: [number, number]
  range?: [number | string, number | string]
  places?: number
  unit?: string
  form?: string
  codes?: Code[]
  judged_on?: string
  kinds?: string[]
  within?: 'enterprise' | 'region'
  camera?: boolean
  accept?: string[]
  columns?: Field[]
  append_only?: boolean
  fixed?: boolean
  personal?: boolean
  derived?: boolean
  search?: boolean
  index?: boolean
  filter?: boolean
}
/** A field, or several of which one must be filled. */
export type Need = string | string[]
export interface State {
  id: string
  label: Words
  tone: Tone
  final: boolean
  standing: boolean
}
export interface Action {
  id: string
  label: Words
  help?: Words
  from: string[]
  to?: string
  needs: Need[]
  asks: string[]
  when?: Condition
  reason: boolean
  grave: boolean
  accepts: boolean
  settles: string[]
}
export interface View {
  id: string
  label: Words
  where?: Condition
  sort: string[]
  columns: string[]
}
export interface Kind {
  id: string
  version: number
  domain: string
  label: Words
  help?: Words
  icon?: string
  basis?: string
  home: 'enterprise' | 'region' | 'platform'
  title?: string
  sector?: string
  groups: { id: string; label: Words; visible?: Condition }[]
  fields: Field[]
  states: State[]
  create: { needs: Need[]; asks: string[] }
  actions: Action[]
  tasks: { id: string; label: Words }[]
  list: { columns: string[]; filters: string[]; sort: string[] }
  views: View[]
  documents: { id: string; label: Words; formats: string[] }[]
  indicators: { id: string; label: Words; unit: string }[]
  inverse: { kind: string; field: string; label: Words }[]
}
export interface KindSummary {
  id: string
  domain: string
  label: Words
  icon?: string
  create?: boolean
  counts?: { open: number; mine: number; overdue: number }
}

// --- records -------------------------------------------------------------------------------------------------------
export type Body = Record<string, unknown>
export interface Ref {
  kind: string
  number?: string | null
  title: string
}
export interface EnterpriseName {
  id: string
  code: string
  name: string
}
export interface Offer {
  id: string
  label: Words
  allowed: boolean
  reason?: string
  needs: Need[]
  asks: string[]
  reason_needed?: boolean
  grave?: boolean
}
export interface TaskOfRecord {
  task: string
  label?: Words
  side: boolean
  owners: { role?: string; user?: string; unit?: string; label?: Words }[]
  since?: string
  due_at?: string | null
  overdue: boolean
}
export interface Rec {
  id: string
  kind: string
  number: string | null
  title: string
  state: string
  state_label?: Words
  state_tone?: Tone
  enterprise?: EnterpriseName | null
  region?: string
  region_name?: Words | string
  sector?: string
  due_at?: string | null
  overdue?: boolean
  revision: number
  created_at: string
  updated_at: string
  body: Body
  refs?: Record<string, Ref>
  actions?: Offer[]
  editable?: string[]
  tasks?: TaskOfRecord[]
}
export interface HistoryItem {
  seq: number
  at: string
  actor: { id: string; name: string }
  label?: Words
  action: string
  changes: { field: string; from?: unknown; to?: unknown }[]
  comment?: string | null
  leaf?: { hash: string; index?: number }
}
export interface Task {
  id: string
  record: { id: string; kind: string; number: string | null; title: string }
  task: string
  label?: Words
  owner: { role?: string; user?: string; unit?: string }
  enterprise?: string | null
  since: string
  due_at?: string | null
  overdue: boolean
}
export interface Attachment {
  id: string
  name: string
  size: number
  type: string
  sha256?: string
  sm3?: string
}

// --- pickers and signals -------------------------------------------------------------------------------------------
export interface Region {
  code: string
  name: Words
  level: string | number
  parent?: string
}
export interface Person {
  id: string
  name: string
  title?: string | null
}
export interface Organisation {
  id: string
  name: Words
  type: string
}
export interface Point {
  id: string
  name: string
  enterprise: string
  hazard_unit?: string | null
  quantity: string
  unit?: string | null
  span?: [number, number]
  period_s?: number
  kind: string
}
export interface Latest {
  id?: string
  point?: string
  p?: string
  t: string | number
  v: number | null
  q: 'good' | 'bad' | 'uncertain' | 'stale'
}
export interface AlarmSummary {
  id: string
  point: string
  point_name?: string | null
  condition: string
  priority: string
  state: string
  raised_at: string
  value: number | null
  limit: number | null
  unit?: string | null
  enterprise?: EnterpriseName | null
}
export interface EnterpriseOverview {
  record: Rec
  groups: { kind: string; label: Words; total: number; items: Rec[] }[]
  alarms: { active: number; items: AlarmSummary[] }
  points: { total: number; good: number }
  users: { id: string; name: string; roles: (Words | string)[] }[]
}
