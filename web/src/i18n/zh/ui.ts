// Small shared parts.
export default {
  loading: '正在载入',
  close: '关闭',
  cancel: '取消',
  save: '保存',
  remove: '移除',
  more: '更多',
  yes: '是',
  no: '否',
  none: '无',
  left_days: '剩 {n} 天',
  left_hours: '剩 {n} 小时',
  left_minutes: '剩 {n} 分钟',
  late_days: '逾期 {n} 天',
  late_hours: '逾期 {n} 小时',
  late_minutes: '逾期 {n} 分钟',
}
