import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/workbench', component: () => import('./WorkbenchPage.vue'), meta: { title: 'workbench.title' } }] satisfies RouteRecordRaw[]
