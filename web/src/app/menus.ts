// Where we are in the menus: the subsystem on the top bar and its items on the left.
import { computed } from 'vue'
import { useRoute } from 'vue-router'

import type { Menu } from '../api/types'
import { useMe } from './session'

const holds = (menu: Menu, path: string): boolean =>
  menu.path?.split('?')[0] === path || !!menu.items?.some((item) => path === item.path.split('?')[0] || path.startsWith(item.path.split('?')[0] + '/'))

/** The page of an enterprise hangs below the register of enterprises. */
const ledgerOf = (path: string): string => path.replace(/^\/enterprises\//, '/records/enterprise/')

export function useMenus() {
  const me = useMe()
  const route = useRoute()
  const menus = computed(() => me.data.value?.menus ?? [])
  const current = computed(() => menus.value.find((menu) => holds(menu, route.path)) ?? menus.value.find((menu) => holds(menu, ledgerOf(route.path))))
  /** Nobody can be in a subsystem without a page: the first one it has. */
  const target = (menu: Menu): string => menu.path ?? menu.items?.[0]?.path ?? '/workbench'
  return { me, menus, current, target }
}
