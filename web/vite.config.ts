// One build for desk, duty screen and phone; old government browsers (Chromium 90) included.
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

import { phoneWorker } from './src/offline/build.ts'

const server = process.env.ANLAN_SERVER ?? 'http://127.0.0.1:8080'
const behind = Object.fromEntries(['/api', '/attachments', '/openapi.json'].map((path) => [path, { target: server, changeOrigin: false }]))

export default defineConfig({
  plugins: [
    vue(),
    // Components of the library come in with their styles where a template names them; tests need no styles.
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: process.env.VITEST ? false : 'css' })] }),
    phoneWorker(),
  ],
  build: { target: 'chrome90', cssTarget: 'chrome90', chunkSizeWarningLimit: 700, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: '127.0.0.1', port: 5173, proxy: behind },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] },
})
