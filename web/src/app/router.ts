// Addresses. Every folder of pages brings its own in `routes.ts`; a page is loaded when it is first opened.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { whenUnauthenticated } from '../api/client'
import { i18n } from '../i18n'
import { queryClient } from './query'
import { whoAmI } from './session'
import { forceTheme } from './theme'

declare module 'vue-router' {
  interface RouteMeta {
    /** The frame around the page: desk (menus), bare (nothing; duty screen, login), phone (the page brings its own). */
    shell?: 'desk' | 'bare' | 'phone'
    /** Reachable without a session. */
    open?: boolean
    theme?: 'light' | 'dark'
    /** Only for those who have this entry in their menus. */
    menu?: string
    /** Key of the title in the browser's words. */
    title?: string
  }
}

const found = import.meta.glob<RouteRecordRaw[]>('../pages/*/routes.ts', { eager: true, import: 'default' })

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/workbench' },
    ...Object.values(found).flat(),
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('../pages/errors/NotFound.vue'), meta: { shell: 'desk', title: 'errors.not_found' } },
  ],
  scrollBehavior: (to, from, kept) => (kept ? kept : to.path === from.path ? undefined : { top: 0 }),
})

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const me = await whoAmI().catch(() => undefined)
  // Without an answer the page opens and says itself what it could not fetch.
  if (me === null) return { path: '/login', query: { back: to.fullPath } }
  const { menu } = to.meta
  const mine = !menu || !me || me.menus.some((group) => group.id === menu || group.items?.some((item) => item.id === menu))
  // The address stays as it was typed; the page says that it may not be theirs.
  return mine ? true : { name: 'nowhere', params: { rest: to.path.slice(1).split('/') } }
})
router.afterEach((to) => {
  forceTheme(to.meta.theme ?? null)
  const { t } = i18n.global
  document.title = to.meta.title ? `${t(to.meta.title)} · ${t('app.name')}` : t('app.name')
})

whenUnauthenticated(() => {
  const here = router.currentRoute.value
  if (here.meta.open || !here.matched.length) return
  queryClient.clear()
  void router.replace({ path: '/login', query: { back: here.fullPath } })
})
