import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/enterprises/:id', component: () => import('./EnterprisePage.vue'), meta: { title: 'enterprise.title' } }] satisfies RouteRecordRaw[]
