/// One websocket in the dialect `greenroom.v1.json`, and the patience to get it back.

import { plain } from './errors.js';
import { say } from './saying.js';

const dialect = 'greenroom.v1.json';

/// Exponential backoff with full jitter: any delay up to a bound that doubles, in milliseconds.
export function retry_delay(attempt, random = Math.random, { base = 500, cap = 20000 } = {}) {
  return Math.round(random() * Math.min(cap, base * 2 ** Math.min(attempt, 16)));
}

/// The client's reaction to each close code.
///
/// | retry     |                                                              |
/// |-----------|--------------------------------------------------------------|
/// | `now`     | come back at once (idle)                                     |
/// | `soon`    | the server restarts: within a second, spread out             |
/// | `later`   | overload: backoff, but never under a second                  |
/// | `backoff` | anything unexpected                                          |
/// | `once`    | not allowed: at once, for the ticket says why; then `never`  |
/// | `never`   | only when the person says so                                 |
/// | `sign_in` | the token ended                                              |
export function meaning_of_close(code) {
  switch (code) {
    case 4401:
      return { retry: 'sign_in', words: say('socket_session_over') };
    case 4403:
      return { retry: 'once', words: say('socket_not_allowed') };
    case 4404:
      return { retry: 'never', words: say('error_gone') };
    case 4408:
      return { retry: 'now', words: say('socket_idle') };
    case 1000:
    case 1001:
    case 1012:
      return { retry: 'soon', words: say('socket_restarting') };
    case 1013:
      return { retry: 'later', words: say('socket_busy') };
    case 1008:
      return { retry: 'never', words: say('socket_against_rules') };
    case 1009:
      return { retry: 'backoff', words: say('socket_too_long'), too_big: true };
    default:
      // By range: 40xx stay away, 41xx with backoff, 42xx at once.
      if (code >= 4000 && code < 4100) return { retry: 'never', words: say('socket_stay_away') };
      if (code >= 4200 && code < 4300) return { retry: 'now', words: say('socket_come_anew') };
      return { retry: 'backoff', words: say('socket_lost') };
  }
}

/// How long to wait after a close, or null for not at all.
export function wait_after(meaning, attempt, random) {
  if (meaning.retry === 'once') return attempt === 0 ? 0 : null;
  if (meaning.retry === 'now') return attempt === 0 ? 0 : retry_delay(attempt, random);
  if (meaning.retry === 'soon') return attempt === 0 ? Math.round(random() * 1000) : retry_delay(attempt, random);
  if (meaning.retry === 'later') return 1000 + retry_delay(attempt + 1, random);
  if (meaning.retry === 'backoff') return retry_delay(attempt, random);
  return null;
}

/// States, told to `on_state({name, until?, words?, code?})`:
///
///     stopped ──start──► connecting ──open──► open
///        ▲                  ▲   │               │
///        │              timer   │ failed        │ closed, silent
///        │                  │   ▼               ▼
///        └── 4401, never ── waiting ◄───────────┘
///
/// `ticket` resolves to a one-time ticket, or throws `{status, code?, retry_after?}`: 401 and `suspended` stop the
/// socket.
export class chat_socket {
  #socket = null;
  #timer = 0;
  #attempt = 0;
  #opened = null;
  #heard = 0;
  /// Rises with every attempt, so that an answer to an older one is known as such.
  #turn = 0;

  constructor({
    url,
    ticket,
    on_state,
    on_frame,
    web_socket = globalThis.WebSocket,
    now = Date.now,
    random = Math.random,
    set_timer = (run, ms) => setTimeout(run, ms),
    clear_timer = (id) => clearTimeout(id),
  }) {
    Object.assign(this, { url, ticket, on_state, on_frame, web_socket, now, random, set_timer, clear_timer });
    this.state = { name: 'stopped' };
  }

  start() {
    if (this.state.name === 'open' || this.state.name === 'connecting') return;
    this.#connect();
  }

  /// Tries now instead of at the end of the wait.
  retry_now() {
    if (this.state.name === 'waiting' || this.state.name === 'stopped') this.#connect();
  }

  stop() {
    this.#drop();
    this.#become({ name: 'stopped' });
  }

  /// Whether the frame was given to the socket; false means that nobody has it.
  send(frame) {
    if (this.state.name !== 'open') return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /// To be called every few seconds: asks for a sign of life after 20 s of silence, and gives up after 45.
  tend() {
    if (this.state.name !== 'open') return;
    const silent = this.now() - this.#heard;
    if (silent > 45000) {
      this.#drop();
      this.#after({ retry: 'backoff', words: say('socket_silent') });
    } else if (silent > 20000) this.send({ type: 'ping' });
  }

  async #connect() {
    this.#drop();
    const turn = this.#turn;
    this.#become({ name: 'connecting' });
    let ticket;
    try {
      ticket = await this.ticket();
    } catch (error) {
      if (turn !== this.#turn) return;
      // Another session's cookie is in this browser by now.
      if (error.status === 401 || error.code === 'origin_refused') this.#after(meaning_of_close(4401), 4401);
      else if (error.code === 'suspended') this.#after({ retry: 'sign_in', words: plain(error) }, 4403);
      else this.#after({ retry: 'backoff', words: say('socket_unreachable') }, 0, error.retry_after);
      return;
    }
    if (turn !== this.#turn) return;
    const socket = new this.web_socket(`${this.url}?ticket=${encodeURIComponent(ticket)}`, dialect);
    this.#socket = socket;
    socket.onopen = () => {
      this.#opened = this.#heard = this.now();
      this.#become({ name: 'open' });
    };
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = ({ code }) => {
      this.#drop();
      this.#after(meaning_of_close(code), code);
    };
  }

  #hear(data) {
    this.#heard = this.now();
    if (this.#heard - this.#opened > 5000) this.#attempt = 0;
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame && typeof frame.type === 'string') this.on_frame(frame);
  }

  #after(meaning, code = 0, retry_after = 0) {
    // A connection that held for a while was a good one: what follows begins from nothing.
    if (this.#opened !== null && this.now() - this.#opened > 5000) this.#attempt = 0;
    this.#opened = null;
    const wait = wait_after(meaning, this.#attempt, this.random);
    if (wait === null) {
      this.#become({ name: 'stopped', sign_in: meaning.retry === 'sign_in', words: meaning.words, code });
      return;
    }
    this.#attempt += 1;
    const delay = Math.max(wait, retry_after * 1000);
    this.#timer = this.set_timer(() => this.#connect(), delay);
    this.#become({ name: 'waiting', until: this.now() + delay, words: meaning.words, code, too_big: meaning.too_big });
  }

  #drop() {
    this.#turn += 1;
    this.clear_timer(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState <= 1) socket.close(1000);
  }

  #become(state) {
    this.state = state;
    this.on_state(state);
  }
}
