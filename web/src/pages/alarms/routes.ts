// The alarm board.
import type { RouteRecordRaw } from 'vue-router'

export default [{ path: '/alarms', component: () => import('./AlarmPage.vue'), meta: { shell: 'desk', title: 'alarms.page' } }] satisfies RouteRecordRaw[]
