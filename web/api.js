/// The HTTP side: every call of the users and chat API that the page makes, and its errors in one form.

/// A refusal by the server (`status`, and RFC 9457's `code` and `detail`; `by`, `why` and `until` as far as it says
/// them; `location`, where an operation that failed is described), or `status: 0` when there was no answer.
export class api_error extends Error {
  constructor({ status = 0, code = '', detail = '', retry_after = 0, request_id = '', location = '', by, why, until }) {
    super(detail || code || `status ${status}`);
    Object.assign(this, { status, code, detail, retry_after, request_id, location, by, why, until });
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

  /// Deletes this user: `{operation, state}`. `choices` are `password`, `private_rooms` and `messages`.
  delete_user(user_id, choices) {
    return this.#call('DELETE', `/users/${part(user_id)}`, choices);
  }
  operation(id) {
    return this.#call('GET', `/operations/${part(id)}`);
  }

  ticket() {
    return this.#call('POST', '/chat/ticket').then(({ ticket }) => ticket);
  }

  /// One page of the rooms that this user may see, after the room `after`: `{rooms: [{room, private, access?, owner}],
  /// next}`. `next` is the `after` of the next page, null at the end.
  async rooms(after = null) {
    const page = await this.#call('GET', `/chat/rooms${query('after', after)}`);
    return { rooms: page.rooms, next: page.more ? page.rooms.at(-1).room : null };
  }

  create_room(room, { is_private = false, members = [] } = {}) {
    return this.#call('POST', '/chat/room', { room, private: is_private, ...(members.length ? { members } : {}) });
  }

  delete_room(room) {
    return this.#call('DELETE', `/chat/room/${part(room)}`);
  }

  /// How a room is set up: `{access, owner, role?, title, topic, post, slow, head, …}`.
  room(room) {
    return this.#call('GET', `/chat/room/${part(room)}`);
  }

  /// One page of a room's members: `{members, roles, next}`; `roles` has those above `member`, by name.
  async members(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/members${query('after', after)}`);
    return { members: page.members, roles: page.roles ?? {}, next: page.more ? page.members.at(-1) : null };
  }

  /// One page of a room's bans or mutes: `{list: [{user, by?, reason?, until?, at}], next}`.
  async bans(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/bans${query('after', after)}`);
    return { list: page.bans, next: page.more ? page.bans.at(-1).user : null };
  }
  async mutes(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/mutes${query('after', after)}`);
    return { list: page.mutes, next: page.more ? page.mutes.at(-1).user : null };
  }

  /// One page of what was done to a room, the newest first: `{entries, next}`.
  async audit(room, before = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/audit${query('before', before)}`);
    return { entries: page.entries, next: page.more ? page.entries.at(-1).seq : null };
  }

  invite(room, user) {
    return this.#call('PUT', `/chat/room/${part(room)}/members/${part(user)}`);
  }
  remove(room, user) {
    return this.#call('DELETE', `/chat/room/${part(room)}/members/${part(user)}`);
  }

  /// Makes an invite link: `{id, invite, url}`. `uses` null is any number of people, `expires_in` is in seconds.
  make_invite(room, { uses, expires_in }) {
    return this.#call('POST', `/chat/room/${part(room)}/invites`, { uses, expires_in });
  }
  /// One page of a room's invites that work: `{list: [{id, uses_left, expires_at, by}], next}`.
  async invites(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/invites${query('after', after)}`);
    return { list: page.invites, next: page.more ? page.invites.at(-1).id : null };
  }
  revoke_invite(room, id) {
    return this.#call('DELETE', `/chat/room/${part(room)}/invites/${part(id)}`);
  }
  /// Becomes a member by an invite: `{room, role}`.
  accept_invite(invite) {
    return this.#call('POST', `/chat/invites/${part(invite)}`);
  }

  /// Opens the direct room with one person, or a group: `{room, created}`.
  open_direct(people) {
    return this.#call('POST', '/chat/direct', { with: people });
  }
  /// The people whom this user has blocked: `{blocks: [name, …]}`.
  blocks() {
    return this.#call('GET', '/chat/me/blocks');
  }
  block(user) {
    return this.#call('PUT', `/chat/me/blocks/${part(user)}`);
  }
  unblock(user) {
    return this.#call('DELETE', `/chat/me/blocks/${part(user)}`);
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
      by: json.by,
      why: json.why,
      until: json.until,
      location: answer.headers.get('Location') ?? '',
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

function query(name, value) {
  return value === null ? '' : `?${name}=${part(value)}`;
}
