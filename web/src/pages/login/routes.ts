import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/login', component: () => import('./LoginPage.vue'), meta: { shell: 'bare', open: true, title: 'login.title' } }] satisfies RouteRecordRaw[]
