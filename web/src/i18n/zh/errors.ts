// When something did not work.
export default {
  failed: '出现故障',
  safe: '已保存的内容不受影响，可以重试。',
  offline: '连不上平台',
  offline_help: '网络中断或平台未运行。未提交的内容保留在本机。',
  not_found: '找不到页面',
  not_found_help: '地址有误，或这条记录不在您的权限范围内。',
  forbidden: '没有权限',
  to_workbench: '回到工作台',
  retry: '重试',
  request: '请求编号 {id}',
}
