/// The HTTP side: every call of the users and chat API that the page makes, and its errors in one form.

/// A refusal by the server (`status`, and RFC 9457's `code` and `detail`), or `status: 0` when there was no answer.
export class api_error extends Error {
  constructor({ status = 0, code = '', detail = '', retry_after = 0, request_id = '' }) {
    super(detail || code || `status ${status}`);
    Object.assign(this, { status, code, detail, retry_after, request_id });
  }
}

const part = encodeURIComponent;

/// `token` is a function, because it changes; `fetch` can be replaced in tests.
export class api_client {
  constructor({ token = () => null, fetch = (...all) => globalThis.fetch(...all), patience = 15000 } = {}) {
    Object.assign(this, { token, fetch, patience });
  }

  register(username, password) {
    return this.#call('POST', '/users/register', { username, password });
  }
  login(username, password) {
    return this.#call('POST', '/users/login', { username, password });
  }
  verify() {
    return this.#call('GET', '/users/verify');
  }
  logout() {
    return this.#call('POST', '/users/logout');
  }

  ticket() {
    return this.#call('POST', '/chat/ticket').then(({ ticket }) => ticket);
  }

  /// One page of the rooms that this user may see, after the room `after`: `{rooms: [{room, private, owner}], next}`.
  /// `next` is the `after` of the next page, null at the end.
  async rooms(after = null) {
    const page = await this.#call('GET', `/chat/rooms${query(after)}`);
    return { rooms: page.rooms, next: page.more ? page.rooms.at(-1).room : null };
  }

  create_room(room, { is_private = false, members = [] } = {}) {
    return this.#call('POST', '/chat/room', { room, private: is_private, ...(members.length ? { members } : {}) });
  }

  delete_room(room) {
    return this.#call('DELETE', `/chat/room/${part(room)}`);
  }

  /// One page of the names of a room's members: `{members, next}`.
  async members(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/members${query(after)}`);
    return { members: page.members, next: page.more ? page.members.at(-1) : null };
  }

  invite(room, user) {
    return this.#call('PUT', `/chat/room/${part(room)}/members/${part(user)}`);
  }
  remove(room, user) {
    return this.#call('DELETE', `/chat/room/${part(room)}/members/${part(user)}`);
  }

  async #call(method, path, body) {
    const headers = { Accept: 'application/json' };
    const token = this.token();
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let answer;
    let content;
    try {
      answer = await this.fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(this.patience),
      });
      content = await answer.text();
    } catch {
      throw new api_error({ code: 'unreachable' });
    }
    const json = parsed(content);
    if (answer.ok) return json;
    throw new api_error({
      status: answer.status,
      code: json.code,
      detail: json.detail,
      request_id: json.request_id,
      retry_after: Number(answer.headers.get('Retry-After')) || 0,
    });
  }
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function query(after) {
  return after === null ? '' : `?after=${part(after)}`;
}
