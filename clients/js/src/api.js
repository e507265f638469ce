/// The HTTP side: the calls of the users and chat API, and their errors in one form.

/// A refusal by the server (`status`, and RFC 9457's `code` and `detail`; `by`, `why` and `until` as far as it says
/// them; `location`, where an operation that failed is described), or `status: 0` when there was no answer.
export class api_error extends Error {
  constructor({ status = 0, code = '', detail = '', retry_after = 0, request_id = '', location = '', by, why, until }) {
    super(detail || code || `status ${status}`);
    Object.assign(this, { status, code, detail, retry_after, request_id, location, by, why, until });
  }
}

const part = encodeURIComponent;

/// `base` stands before every path: empty for a page of the server itself. `token` and `csrf` are functions, because they
/// change: a program has the token itself; a page has it in a cookie, and the session's word. `fetch` can be replaced.
export class api_client {
  constructor({
    base = '',
    token = () => null,
    csrf = () => null,
    fetch = (...all) => globalThis.fetch(...all),
    patience = 15000,
  } = {}) {
    Object.assign(this, { base, token, csrf, fetch, patience });
  }

  register(username, password) {
    return this.#call('POST', '/users/register', { username, password, hint: true });
  }
  /// `{token, user_id, expires_at}`; or, where `cookie` is `{remember}`, `{csrf, user_id, expires_at}`: then the browser has
  /// the token in a cookie, for as long as the session or, without `remember`, until it is closed.
  login(username, password, cookie = null) {
    if (!cookie) return this.#call('POST', '/users/login', { username, password });
    const wanted = { username, password, cookie: true, remember: cookie.remember };
    return this.#call('POST', '/users/login', wanted, { headers: { 'Greenroom-CSRF': 'login' } });
  }
  verify() {
    return this.#call('GET', '/users/verify');
  }
  /// `csrf`: the word of another session than that of now.
  logout(csrf = null) {
    return this.#call('POST', '/users/logout', undefined, csrf ? { headers: { 'Greenroom-CSRF': csrf } } : {});
  }

  /// Ends all other sessions of this user.
  change_password(old_password, new_password) {
    return this.#call('POST', '/users/password', { old_password, new_password });
  }
  /// Where this user is signed in: `{sessions: [{id, client, created_at, expires_at, current}]}`.
  sessions() {
    return this.#call('GET', '/users/sessions');
  }
  end_session(id) {
    return this.#call('DELETE', `/users/sessions/${part(id)}`);
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
  async rooms(after = null, { limit = null } = {}) {
    const page = await this.#call('GET', `/chat/rooms${query({ after, limit })}`);
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

  /// A room's pinned messages, the newest pin first, as a page of history has them.
  async pins(room) {
    return (await this.#call('GET', `/chat/room/${part(room)}/pins`)).messages;
  }

  /// One page of a room's members: `{members, roles, next}`; `roles` has those above `member`, by name.
  async members(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/members${query({ after })}`);
    return { members: page.members, roles: page.roles ?? {}, next: page.more ? page.members.at(-1) : null };
  }

  /// One page of a room's bans or mutes: `{list: [{user, by?, reason?, until?, at}], next}`.
  async bans(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/bans${query({ after })}`);
    return { list: page.bans, next: page.more ? page.bans.at(-1).user : null };
  }
  async mutes(room, after = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/mutes${query({ after })}`);
    return { list: page.mutes, next: page.more ? page.mutes.at(-1).user : null };
  }

  /// One page of what was done to a room, the newest first: `{entries, next}`.
  async audit(room, before = null) {
    const page = await this.#call('GET', `/chat/room/${part(room)}/audit${query({ before })}`);
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
    const page = await this.#call('GET', `/chat/room/${part(room)}/invites${query({ after })}`);
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

  /// By whom this user wants to be written to: `{direct}`, `everyone`, `shared` or `nobody`.
  own_settings() {
    return this.#call('GET', '/chat/me/settings');
  }
  change_own_settings(settings) {
    return this.#call('PUT', '/chat/me/settings', settings);
  }
  /// What this user wants to be called for in a room: `all`, `mentions` or `none`.
  set_notify(room, level) {
    return this.#call('PUT', `/chat/room/${part(room)}/notify`, { level });
  }

  /// One page of this user's unfinished texts: `{drafts: [{room, text, at}], next}`.
  async drafts(after = null) {
    const page = await this.#call('GET', `/chat/me/drafts${query({ after, limit: 500 })}`);
    return { drafts: page.drafts, next: page.more ? page.drafts.at(-1).room : null };
  }
  /// `last`: the page may be gone before the answer.
  keep_draft(room, text, { last = false } = {}) {
    return this.#call('PUT', `/chat/me/drafts/${part(room)}`, { text }, { keepalive: last });
  }
  drop_draft(room, { last = false } = {}) {
    return this.#call('DELETE', `/chat/me/drafts/${part(room)}`, undefined, { keepalive: last });
  }

  /// One page of what mentions this user, the newest first: `{mentions: [{room, generation, entry}], next}`.
  async mentions(before = null) {
    const page = await this.#call('GET', `/chat/mentions${query({ before })}`);
    return { mentions: page.mentions, next: page.more ? page.next : null };
  }

  /// One page of a room's log, ascending, that ends before `before` or begins behind `after`: `{messages, more, as_of}`.
  history(room, { before = null, after = null, limit = 500 }) {
    return this.#call('GET', `/chat/room/${part(room)}/messages${query({ before, after, limit })}`);
  }

  async #call(method, path, body, { headers: wanted, ...more } = {}) {
    const headers = { Accept: 'application/json' };
    const token = this.token();
    const csrf = this.csrf();
    if (token) headers.Authorization = `Bearer ${token}`;
    else if (csrf) headers['Greenroom-CSRF'] = csrf;
    Object.assign(headers, wanted);
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let answer;
    let content;
    try {
      answer = await this.fetch(this.base + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: token ? 'omit' : 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(this.patience),
        ...more,
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

/// The values that there are.
function query(values) {
  const all = Object.entries(values).filter(([, value]) => value !== null);
  return all.length ? `?${all.map(([name, value]) => `${name}=${part(value)}`).join('&')}` : '';
}
