// Small shared parts.
export default {
  loading: 'Loading',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove',
  more: 'More',
  yes: 'Yes',
  no: 'No',
  none: 'None',
  left_days: '{n} d left',
  left_hours: '{n} h left',
  left_minutes: '{n} min left',
  late_days: '{n} d overdue',
  late_hours: '{n} h overdue',
  late_minutes: '{n} min overdue',
}
