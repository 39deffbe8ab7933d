// The one map.
import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/map', component: () => import('./MapPage.vue'), meta: { menu: 'map', shell: 'desk', title: 'map.title' } }] satisfies RouteRecordRaw[]
