/// The service worker: the page opens without a network, with what waits to be sent. The page itself always comes from the
/// server where that answers, so an upgrade is there with the next load; the kept one is for when it doesn't. What the page
/// loads has its content's hash in its name, so the kept file is the right one. Nothing of the API is kept.

// Put here by web/tools/bundle.mjs: the page's version, and the paths of its files; `for_some` are those of other languages, which
// are kept for those who use them. Nothing is kept of sources that are served as they are.
const { version, files, for_some } = typeof BUILT === 'undefined' ? { version: '', files: [], for_some: [] } : BUILT;
const prefix = 'greenroom ';
/// How long a server may take to answer, before the kept page is shown.
const patience = 8000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && (pathname === '/' || pathname === '/index.html')) event.respondWith(page(request));
  else if (files.includes(pathname)) event.respondWith(file(request));
  else if (for_some.includes(pathname)) event.respondWith(wanted_file(request));
});

/// The page and its files, or nothing: a page of another version is none of this one's.
async function install() {
  if (files.length) {
    const cache = await caches.open(prefix + version);
    await cache.addAll(files);
    await keep_used(cache);
    // The browser has just loaded the page that has this installed.
    const got = (await own_page('force-cache')) ?? (await own_page('no-cache'));
    if (!got) throw new Error('The server has another page by now.');
    await cache.put('/', got);
  }
  await self.skipWaiting();
}

/// What the browser itself has of them: the page was in that language.
async function keep_used(cache) {
  for (const path of for_some) {
    try {
      const got = await fetch(path, { cache: 'only-if-cached', mode: 'same-origin' });
      if (got.ok) await cache.put(path, got);
    } catch {
      // It hasn't.
    }
  }
}

async function own_page(how) {
  const got = await fetch('/', { cache: how });
  const text = await got.clone().text();
  return got.ok && text.includes(`content="${version}"`) ? got : null;
}

/// Versions before this one are of no use to anybody.
async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith(prefix) && name !== prefix + version) await caches.delete(name);
  await self.clients.claim();
}

async function kept(path) {
  const cache = await caches.open(prefix + version);
  return cache.match(path, { ignoreVary: true });
}

async function page(request) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  let answer;
  try {
    answer = await fetch(request.url, { cache: 'no-cache', signal: late.signal });
    if (answer.status < 500) return answer;
  } catch {
    // Nobody answers.
  } finally {
    clearTimeout(timer);
  }
  return (await kept('/')) ?? answer ?? Response.error();
}

async function file(request) {
  return (await kept(new URL(request.url).pathname)) ?? fetch(request);
}

async function wanted_file(request) {
  const got = await file(request);
  if (got.ok && !(await kept(new URL(request.url).pathname))) {
    const cache = await caches.open(prefix + version);
    await cache.put(request, got.clone());
  }
  return got;
}
