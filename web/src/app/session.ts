// Who is logged in. Pages ask `useMe`; the router asks before it shows one.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, ApiError } from '../api/client'
import type { Me } from '../api/types'
import { queryClient } from './query'

const ME = { queryKey: ['me'] as const, queryFn: api.me, staleTime: 60_000, refetchInterval: 60_000 }

export const useMe = () => useQuery(ME)

/** Null when nobody is logged in. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return await queryClient.ensureQueryData(ME)
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}
export async function logIn(username: string, password: string): Promise<Me> {
  await api.logIn(username, password)
  queryClient.clear()
  return queryClient.fetchQuery(ME)
}
/** Nothing that the last person saw stays in memory. */
export async function logOut(): Promise<void> {
  await api.logOut().catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 401)) throw error
  })
  queryClient.clear()
}
export function useRoles() {
  const me = useMe()
  return computed(() => new Set(me.data.value?.posts.map((post) => post.role) ?? []))
}
