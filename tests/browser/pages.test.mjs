// Every page, in the sizes people use, judged by axe and kept as pictures.
import { before, test } from 'node:test'

import { accessible, api, base, DESK, person, PHONE, picture, WALL, withBrowser } from './harness.mjs'

const it = withBrowser()
let first, danger

before(async () => {
  const call = await api('inspector')
  first = (await call('GET', '/api/v1/records/enterprise?q=CW01')).items[0].id
  danger = (await call('GET', `/api/v1/records/hidden_danger?enterprise=${first}&size=1`)).items[0].id
})

/** A page stands when its heading is there and nothing is being fetched that it waits for. */
async function stands(page, path) {
  await page.goto(base + path)
  await page.locator('h1').first().waitFor({ state: 'attached' })
  await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy="true"]'))
}
const PAGES = [
  ['workbench', '/workbench'],
  ['list', '/records/hidden_danger'],
  ['list-detail', () => `/records/hidden_danger?id=${danger}`],
  ['record-page', () => `/records/hidden_danger/${danger}`],
  ['hazard-units', '/records/hazard_unit'],
  ['enterprise', () => `/enterprises/${first}`],
  ['map', '/map'],
  ['alarm-board', '/alarms'],
]
/** Their parts are all on pages that are judged. */
const SEEN = new Set(['list', 'hazard-units'])
for (const [size, screen] of [['1600', DESK], ['1920', WALL]]) {
  test(`the desk at ${size}`, async (t) => {
    const { page, close } = await person(it, 'inspector', { size: screen })
    for (const [name, path] of PAGES) {
      await t.test(name, async () => {
        await stands(page, typeof path === 'function' ? path() : path)
        await picture(page, `${name}-${size}`)
        if (size === '1600' && !SEEN.has(name)) await accessible(page, name)
      })
    }
    await close()
  })
}

test('the duty screen', async () => {
  const { page, close } = await person(it, 'duty', { size: WALL, path: '/screen' })
  await stands(page, '/screen')
  await page.locator('canvas').first().waitFor()
  await picture(page, 'screen-1920')
  await accessible(page, 'the duty screen')
  await close()
})

test('dark at the desk', async () => {
  const { page, close } = await person(it, 'inspector')
  await page.evaluate(() => localStorage.setItem('anlan.theme', 'dark'))
  for (const path of ['/workbench', '/records/hidden_danger', '/alarms']) {
    await stands(page, path)
    await accessible(page, `dark ${path}`)
  }
  await picture(page, 'dark-alarms')
  await close()
})

test('desk pages on a phone stay readable: nothing sticks out', async (t) => {
  const { page, close } = await person(it, 'inspector', { size: PHONE })
  for (const path of ['/workbench', '/records/hidden_danger', `/records/hidden_danger/${danger}`, `/enterprises/${first}`]) {
    await t.test(path.replace(/\/\d[^/]*$/, '/…'), async () => {
      await stands(page, path)
      await page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth)
    })
  }
  await close()
})
