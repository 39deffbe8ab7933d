// One cache of what the platform said. Refusals are answers, not failures: only failures are tried again.
import { QueryClient } from '@tanstack/vue-query'

import { ApiError } from '../api/client'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      // Without a network the question fails at once and the page says so, instead of waiting silently.
      networkMode: 'always',
      retry: (count, error) => count < 2 && navigator.onLine && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
})
