// Logging in.
export default {
  title: '登录',
  sub: '安全监管与应急救援一体化平台',
  username: '用户名',
  password: '密码',
  enter: '登录',
  busy: '正在登录',
  missing: '用户名和密码都要填写。',
  wait: '尝试次数过多，{n} 秒后再试。',
  demo: '演示账户',
  demo_help: '点选即以该岗位登录。企业、人员和数据均为虚构。',
}
