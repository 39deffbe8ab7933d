// When something did not work.
export default {
  failed: 'Something failed',
  safe: 'What was saved is safe. Try again.',
  offline: 'The platform cannot be reached',
  offline_help: 'The network is down or the platform is not running. What you have not sent stays on this computer.',
  not_found: 'Not found',
  not_found_help: 'The address is wrong, or the record is outside what you may see.',
  forbidden: 'Not allowed',
  to_workbench: 'To the workbench',
  retry: 'Try again',
  request: 'Request {id}',
}
