// The frame around every page.
export default {
  name: '安澜 · 安全监管与应急救援',
  skip: '跳到正文',
  menu: '菜单',
  subsystems: '子系统',
  tasks: '待办 {n} 项',
  account: '账户',
  language: '语言',
  theme: '外观',
  theme_light: '浅色',
  theme_dark: '深色',
  theme_system: '跟随系统',
  phone: '移动端',
  log_out: '退出登录',
}
