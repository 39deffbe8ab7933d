// The one map.
import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/map', component: () => import('./MapPage.vue'), meta: { shell: 'desk', title: 'map.title' } }] satisfies RouteRecordRaw[]
