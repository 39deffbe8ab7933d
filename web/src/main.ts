// Starts the application.
import '@fontsource/barlow-semi-condensed/latin-500.css'
import '@fontsource/barlow-semi-condensed/latin-600.css'
import './ui/tokens.css'
import './ui/base.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import App from './app/App.vue'
import { queryClient } from './app/query'
import { router } from './app/router'
import './app/theme'
import { i18n } from './i18n'

createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
