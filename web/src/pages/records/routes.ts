import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/records/:kind', component: () => import('./ListPage.vue'), meta: { title: 'records.detail' } },
  { path: '/records/:kind/:id', component: () => import('./RecordPage.vue'), meta: { title: 'records.detail' } },
] satisfies RouteRecordRaw[]
