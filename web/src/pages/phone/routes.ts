import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/m',
    component: () => import('./PhoneShell.vue'),
    meta: { shell: 'phone' },
    children: [
      { path: '', component: () => import('./TodoPage.vue'), meta: { title: 'phone.todo' } },
      { path: 'report', component: () => import('./ReportPage.vue'), meta: { title: 'phone.report' } },
      { path: 'enterprise', component: () => import('./EnterprisesPage.vue'), meta: { title: 'phone.enterprises' } },
      { path: 'enterprise/:id', component: () => import('./EnterprisePage.vue'), props: true, meta: { title: 'phone.enterprises', deep: true } },
      { path: 'records/:kind/:id', component: () => import('./RecordPage.vue'), props: true, meta: { title: 'phone.record', deep: true } },
      { path: 'me', component: () => import('./MePage.vue'), meta: { title: 'phone.me' } },
    ],
  },
] satisfies RouteRecordRaw[]
