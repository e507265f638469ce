/// The page without a network: its service worker (sw.js), where the page was built with the list of its files.

/// Has it installed, once the page itself has been loaded.
export function keep_for_later() {
  if (!document.querySelector('meta[name="greenroom-build"]') || !navigator.serviceWorker) return;
  window.addEventListener('load', async () => {
    try {
      await navigator.serviceWorker.register(trusted('/sw.js'));
    } catch {
      // Forbidden here, as in a private window of some browsers: then there is none.
    }
  });
}

/// The one address that may be given to a sink for scripts (Trusted Types).
function trusted(path) {
  const policy = globalThis.trustedTypes?.createPolicy('greenroom', { createScriptURL: () => path });
  return policy ? policy.createScriptURL(path) : path;
}
