// The frame around every page.
export default {
  name: 'Anlan · Work safety and rescue',
  skip: 'Skip to content',
  menu: 'Menu',
  subsystems: 'Subsystems',
  tasks: '{n} open tasks',
  account: 'Account',
  language: 'Language',
  theme: 'Appearance',
  theme_light: 'Light',
  theme_dark: 'Dark',
  theme_system: 'System',
  phone: 'Phone view',
  log_out: 'Log out',
}
