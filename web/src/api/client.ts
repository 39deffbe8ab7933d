// The only place that calls the platform, at the addresses of its own document (`openapi.json`; types by `npm run generate`). Every failure becomes an ApiError with the platform's own words.
import type { paths } from './openapi.gen'
import type { Attachment, Body, DemoAccount, EnterpriseOverview, HistoryItem, Kind, KindSummary, Latest, Me, Organisation, Page, Person, Point, Rec, Region, Task } from './types'

export interface FieldError {
  field: string
  code: string
  message: string
}

/** What the platform refused or failed to do; `code` is stable, `detail` is in the caller's language. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: FieldError[]
  readonly record?: Rec
  readonly requestId?: string
  readonly retryAfter?: number
  constructor(status: number, problem: Record<string, unknown>, retryAfter?: number) {
    const title = typeof problem.title === 'string' ? problem.title : ''
    const detail = typeof problem.detail === 'string' ? problem.detail : title
    super(detail || title || `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.code = typeof problem.code === 'string' ? problem.code : status === 0 ? 'offline' : 'failure'
    this.title = title
    this.detail = detail
    // A guard refuses one thing; it says so in the same words as a list of one.
    this.errors = Array.isArray(problem.errors) ? (problem.errors as FieldError[]) : typeof problem.field === 'string' ? [{ field: problem.field, code: this.code, message: detail }] : []
    this.record = problem.record as Rec | undefined
    this.requestId = typeof problem.request_id === 'string' ? problem.request_id : undefined
    this.retryAfter = retryAfter
  }
  /** The request never reached the platform: nothing was saved there. */
  get offline(): boolean {
    return this.status === 0
  }
}

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[]
export type Query = Record<string, QueryValue>

export interface Ask {
  query?: Query
  body?: unknown
  form?: FormData
  signal?: AbortSignal
  /** Repeating a request with the same key never does it twice. */
  key?: string
}

let language = 'zh-CN'
let onUnauthenticated = () => {}

export const setLanguage = (tag: string): void => void (language = tag)
/** Told when a call finds that the session has ended. */
export const whenUnauthenticated = (tell: () => void): void => void (onUnauthenticated = tell)

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one))
    }
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

export async function call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, ask: Ask = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language }
  if (ask.body !== undefined) headers['content-type'] = 'application/json'
  if (ask.key) headers['idempotency-key'] = ask.key
  let response: Response
  try {
    response = await fetch(path + queryString(ask.query), {
      method,
      headers,
      credentials: 'same-origin',
      signal: ask.signal,
      body: ask.form ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body)),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, { code: 'offline' })
  }
  if (response.ok) {
    if (response.status === 204) return undefined as T
    const text = await response.text()
    return (text ? JSON.parse(text) : undefined) as T
  }
  const problem = await response.json().catch(() => ({}))
  if (response.status === 401 && !path.endsWith('/session')) onUnauthenticated()
  const wait = Number(response.headers.get('retry-after'))
  throw new ApiError(response.status, problem, Number.isFinite(wait) && wait > 0 ? wait : undefined)
}

/** The names in braces of a path. */
type Names<P extends string> = P extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never
type Path = keyof paths & string
type Given<P extends string> = [Names<P>] extends [never] ? [] : [Record<Names<P>, string>]

/** An address that the platform's own document knows; a path that it drops no longer compiles here. */
export const url = <P extends Path>(path: P, ...given: Given<P>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((given[0] as Record<string, string>)[name]!))

const get = <T>(address: string, query?: Query, signal?: AbortSignal) => call<T>('GET', address, { query, signal })

export const api = {
  logIn: (username: string, password: string) => call<{ token: string }>('POST', url('/api/v1/session'), { body: { username, password } }),
  logOut: () => call<void>('DELETE', url('/api/v1/session')),
  me: () => get<Me>(url('/api/v1/me')),
  preference: <T>(key: string) => get<T | null>(url('/api/v1/me/preferences/{key}', { key })),
  setPreference: (key: string, value: unknown) => call<void>('PUT', url('/api/v1/me/preferences/{key}', { key }), { body: value }),
  demoAccounts: () => get<DemoAccount[]>(url('/api/v1/demo/accounts')),

  kinds: () => get<Page<KindSummary>>(url('/api/v1/kinds')),
  kind: (kind: string) => get<Kind>(url('/api/v1/kinds/{kind}', { kind })),
  records: (kind: string, query: Query, signal?: AbortSignal) => get<Page<Rec>>(url('/api/v1/records/{kind}', { kind }), query, signal),
  record: (kind: string, id: string) => get<Rec>(url('/api/v1/records/{kind}/{id}', { kind, id })),
  history: (kind: string, id: string) => get<Page<HistoryItem>>(url('/api/v1/records/{kind}/{id}/history', { kind, id })),
  create: (kind: string, input: { body: Body; enterprise?: string; region?: string }, key?: string) => call<Rec>('POST', url('/api/v1/records/{kind}', { kind }), { body: input, key }),
  edit: (kind: string, id: string, revision: number, body: Body, key?: string) => call<Rec>('PATCH', url('/api/v1/records/{kind}/{id}', { kind, id }), { body: { revision, body }, key }),
  act: (kind: string, id: string, action: string, input: { revision: number; body: Body; comment?: string }, key?: string) =>
    call<Rec>('POST', url('/api/v1/records/{kind}/{id}/actions/{action}', { kind, id, action }), { body: input, key }),
  tasks: (query: Query) => get<Page<Task>>(url('/api/v1/tasks'), query),
  upload: (file: Blob, name: string) => {
    const form = new FormData()
    form.append('file', file, name)
    return call<Attachment>('POST', url('/api/v1/attachments'), { form })
  },

  regions: () => get<Page<Region>>(url('/api/v1/regions')),
  users: (query: Query) => get<Page<Person>>(url('/api/v1/users'), query),
  organisations: (q?: string) => get<Page<Organisation>>(url('/api/v1/organisations'), { q }),
  points: (query: Query) => get<Page<Point>>(url('/api/v1/points'), query),
  latest: (query: Query) => get<Page<Latest>>(url('/api/v1/points/latest'), query),
  enterprise: (id: string) => get<EnterpriseOverview>(url('/api/v1/enterprises/{id}/overview', { id })),
}

export const attachmentUrl = (id: string, thumb = false): string => url('/attachments/{id}', { id }) + (thumb ? '?size=thumb' : '')
/** A key for one attempt of one person at one thing; kept over retries of it. */
export const newKey = (): string => (crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join(''))
