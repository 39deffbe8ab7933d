// The first page after logging in.
export default {
  title: '工作台',
  hello: '{name}的工作台',
  tasks: '待办事项',
  all: '全部待办',
  open: '待我办理',
  overdue: '逾期',
  overdue_n: '逾期 {n}',
  open_of: '未办结{what}',
  none: '没有待办事项',
  none_overdue: '没有逾期事项',
  since: '{at} 起',
  create: '新增',
  ledgers: '台账',
  shortcuts: '快捷入口',
}
