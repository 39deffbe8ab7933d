// The duty screen: dark, without menus.
import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/screen', component: () => import('./DutyPage.vue'), meta: { menu: 'duty', shell: 'bare', theme: 'dark', title: 'duty.title' } }] satisfies RouteRecordRaw[]
