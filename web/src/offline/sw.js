// The phone pages without a network: their files are kept on the phone. Nothing the platform says is ever kept here.
// `FILES` and `VERSION` are written in when the application is built (see offline/build.ts).
const PREFIX = 'anlan-phone-'
const CACHE = PREFIX + VERSION
const PAGE = '/index.html'
const PATIENCE_MS = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FILES])).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

// Scripts ask with an `Origin` header and answers vary by headers: without `ignoreVary` a kept file is not found and the page stays blank.
const find = (request) => caches.match(request, { ignoreVary: true, ignoreSearch: true })

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') {
    if (url.pathname === '/m' || url.pathname.startsWith('/m/')) event.respondWith(page(event))
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(asset(event))
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => find(request)))
  }
})

/** The newest page if the platform answers soon, else the kept one. */
async function page(event) {
  const asked = fetch(event.request).then((answer) => {
    if (answer.ok) event.waitUntil(put(PAGE, answer.clone()))
    return answer
  })
  const patience = new Promise((_, late) => setTimeout(late, PATIENCE_MS))
  try {
    return await Promise.race([asked, patience])
  } catch {
    return (await find(PAGE)) ?? asked
  }
}

/** Built files carry a hash in their name and never change: once fetched, kept. */
async function asset(event) {
  const before = await find(event.request)
  if (before) return before
  const answer = await fetch(event.request)
  if (answer.ok) event.waitUntil(put(event.request, answer.clone()))
  return answer
}
const put = async (request, answer) => (await caches.open(CACHE)).put(request, answer)
