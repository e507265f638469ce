/// The client for programs: `connect` and what goes with it. See README.md.

import { api_client } from './api.js';
import { chat_client } from './client.js';
import { is_passing } from './errors.js';
import { retry_delay } from './socket.js';
import { page_storage, usable } from './store.js';

export { api_client, api_error } from './api.js';
export { plain, refusal } from './errors.js';
export { page_storage as memory_storage } from './store.js';

/// Connects as the user whose token this is. Resolves as soon as it is known who that is, to a client (see client.js); it
/// goes on trying while the server is away, and rejects where the token isn't good.
///
/// `url`: where the gateway is, `https://chat.example.org`. `token`: a string, or a function that returns it. `user`: the
/// name, where it is known: then nothing is asked first. `storage`: where unsent messages are kept, with `localStorage`'s
/// methods; without it `localStorage` where there is one, else memory. `WebSocket`, `fetch`: others than the global ones.
export async function connect({ url, token, user, storage, WebSocket, fetch } = {}) {
  const web_socket = WebSocket ?? (await default_web_socket());
  const base = String(url).replace(/\/+$/, '');
  const api = new api_client({ base, token: typeof token === 'function' ? token : () => token, ...(fetch ? { fetch } : {}) });
  const me = user ?? (await owner_of_token(api));
  return new chat_client({
    me,
    api,
    url: `${base.replace(/^http/, 'ws')}/chat/ws`,
    storage: storage ?? usable(() => globalThis.localStorage),
    web_socket,
  });
}

/// A token for a name and its password. Rejects with an `api_error`.
export async function log_in({ url, name, password, fetch }) {
  const api = new api_client({ base: String(url).replace(/\/+$/, ''), ...(fetch ? { fetch } : {}) });
  return (await api.login(name, password)).token;
}

/// Node has none before version 22; the package `ws` does as well.
async function default_web_socket() {
  if (globalThis.WebSocket) return globalThis.WebSocket;
  try {
    return (await import('ws')).WebSocket;
  } catch {
    throw new Error('There is no WebSocket here: give connect() one, for instance of the package ws.');
  }
}

async function owner_of_token(api) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return (await api.verify()).user_id;
    } catch (error) {
      if (!is_passing(error)) throw error;
      const wait = Math.max(retry_delay(attempt), (error.retry_after ?? 0) * 1000);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
