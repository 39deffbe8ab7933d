// The state of a list is its address: view, filters, sorting, page and the record shown beside it.
import { computed, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

import type { Query } from '../api/client'
import type { Kind } from '../api/types'

export const SIZES = [20, 50, 100]
const OWN = new Set(['id', 'page', 'size', 'sort', 'q', 'view', 'tab', 'do', 'as'])

/** Parameters that the platform's list understands, taken from the address. */
export function listQuery(query: Record<string, string[]>, size: number): Query {
  const one = (name: string) => query[name]?.[0]
  const rest = Object.fromEntries(Object.entries(query).filter(([name]) => !OWN.has(name)))
  const view = one('view')
  return { ...rest, q: one('q'), view: view === 'all' ? undefined : view, sort: one('sort'), page: Number(one('page') ?? 1), size }
}

export function useList(kind: Ref<Kind | undefined>) {
  const route = useRoute()
  const router = useRouter()

  const values = computed<Record<string, string[]>>(() =>
    Object.fromEntries(Object.entries(route.query).map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).filter((one): one is string => !!one)])),
  )
  const one = (name: string) => values.value[name]?.[0]
  const size = computed(() => SIZES.find((n) => String(n) === one('size')) ?? 20)
  const page = computed(() => Math.max(1, Math.floor(Number(one('page') ?? 1)) || 1))
  const view = computed(() => one('view') ?? 'all')
  const sort = computed(() => one('sort') ?? kind.value?.views.find((each) => each.id === view.value)?.sort[0] ?? kind.value?.list.sort[0])
  const selected = computed(() => one('id'))
  const filters = computed(() => Object.fromEntries(Object.entries(values.value).filter(([name, value]) => !OWN.has(name) && value.length > 0)))
  const query = computed(() => listQuery(values.value, size.value))

  /** `push` where going back should undo it. */
  function set(changes: Record<string, string | string[] | undefined>, push = false) {
    const next: LocationQueryRaw = { ...route.query }
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === '' || (Array.isArray(value) && !value.length)) delete next[name]
      else next[name] = value
    }
    void router[push ? 'push' : 'replace']({ path: route.path, query: next })
  }
  return {
    values, filters, query, page, size, view, sort, selected,
    q: computed(() => one('q') ?? ''),
    setFilter: (changes: Record<string, string[]>) => set({ ...changes, page: undefined }),
    clear: () => set({ ...Object.fromEntries(Object.keys(filters.value).map((name) => [name, undefined])), q: undefined, page: undefined }),
    setQ: (q: string) => set({ q, page: undefined }),
    setView: (id: string) => set({ view: id === 'all' ? undefined : id, page: undefined, sort: undefined }, true),
    setPage: (n: number) => set({ page: n > 1 ? String(n) : undefined }),
    setSize: (n: number) => set({ size: n === 20 ? undefined : String(n), page: undefined }),
    /** First downward for dates and figures, upward after that. */
    sortBy: (id: string) => set({ sort: sort.value === `-${id}` ? id : `-${id}`, page: undefined }),
    select: (id: string | undefined) => set({ id, tab: undefined, do: undefined }, !selected.value),
  }
}
