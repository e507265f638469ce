/// What the browser tells the page: another address, a network or none, somebody who looks or looks away, another tab.

const rooms_again = 30000;

/// Whether somebody looks at the page, as far as that can be known.
export function is_seen() {
  return document.visibilityState === 'visible';
}

/// `life()` is the signed-in user's state, or null. The others are called when that has happened: `seen(is_seen)` also at once,
/// `left()` when somebody looks away, and the page may be gone soon.
export function listen({ life, follow, connection_changed, refresh_rooms, session_changed, device_changed, drafts_changed, seen, left, changed }) {
  window.addEventListener('hashchange', follow);
  window.addEventListener('online', () => life()?.socket.retry_now());
  window.addEventListener('offline', () => life() && connection_changed());
  window.addEventListener('focus', () => {
    refresh_rooms();
    life()?.drafts.load();
  });
  // Another tab of this browser keeps its texts in the same place, and has the same cookie.
  window.addEventListener('storage', ({ key }) => {
    if (key === 'greenroom.session') session_changed();
    else if (key === 'greenroom.device') device_changed();
    else if (life()) drafts_changed();
  });
  window.addEventListener('pagehide', () => life()?.drafts.settle_all());
  window.addEventListener('beforeunload', (event) => {
    if (life()?.outbox.waiting) event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => {
    seen(is_seen());
    if (!life()) return;
    if (is_seen()) come_back(life(), changed);
    else {
      left();
      life().drafts.settle_all();
    }
  });
  setInterval(refresh_rooms, rooms_again);
  seen(is_seen());
}

function come_back({ drafts, socket }, changed) {
  drafts.load();
  socket.tend();
  if (socket.state.name === 'waiting') socket.retry_now();
  changed();
}
