// Logging in.
export default {
  title: 'Log in',
  sub: 'Work safety supervision and emergency rescue',
  username: 'User name',
  password: 'Password',
  enter: 'Log in',
  busy: 'Logging in',
  missing: 'Enter both user name and password.',
  wait: 'Too many tries. Try again in {n} seconds.',
  demo: 'Demo accounts',
  demo_help: 'Choose one to log in to that post. Enterprises, people and data are invented.',
}
