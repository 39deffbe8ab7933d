// The first page after logging in.
export default {
  title: 'Workbench',
  hello: 'Workbench of {name}',
  tasks: 'Open tasks',
  all: 'All tasks',
  open: 'Waiting for me',
  overdue: 'Overdue',
  overdue_n: '{n} overdue',
  open_of: 'Open: {what}',
  none: 'Nothing to do',
  none_overdue: 'Nothing overdue',
  since: 'since {at}',
  create: 'New',
  ledgers: 'Ledgers',
  shortcuts: 'Shortcuts',
}
