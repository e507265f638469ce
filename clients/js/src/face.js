/// What is known of how a room is set up and of who is what in it: the answer to a join, to `GET /room/{room}`, the list
/// of members, and the acts that came since. All of these carry a seq, and of two the later one holds: so they may come
/// in any order, and more than once. Pure; names are compared without case.

import { permitted, rank_of } from './permissions.js';

const key_of = (name) => name.toLowerCase();
const settings = ['access', 'title', 'topic', 'post', 'slow', 'edit_window'];

export class room_face {
  /// Whether the server tells of roles and settings at all. An older one doesn't.
  known = false;
  /// Whether a list of rooms, or one's own memory, said something of it.
  guessed = false;
  access = 'open';
  owner = null;
  title = '';
  topic = '';
  post = 'all';
  slow = 0;
  /// For how many seconds an author may edit a message; null while that isn't known.
  edit_window = null;
  /// The mute of this user, `{by?, why?, until?}`, or null where none is known.
  mute = null;
  /// The seq of what holds, by field; of roles by person.
  #seqs = {};
  #roles = new Map();
  #mute_seq = 0;
  /// Acts up to here are in what the server told.
  #since = 0;

  /// `nature`: what the room is, by its name (see direct.js).
  constructor(me, nature = 'room') {
    Object.assign(this, { me, nature });
  }

  /// What a list of rooms, or one's own memory, says of it: good until the room itself was heard.
  guess({ access, owner }) {
    if (this.known) return;
    if (access) Object.assign(this, { access, guessed: true });
    if (owner) this.owner = owner;
  }

  /// The answer to a join. `anew`: the room is another one under the same name; `whole`: nothing was missed since the
  /// last answer.
  joined({ head, access, owner, role, title = '', topic = '', edit_window }, { anew = false, whole = true } = {}) {
    if (access === undefined) return;
    if (anew || !this.known) this.#forget(head);
    if (!whole) this.mute = null;
    this.known = true;
    for (const [name, value] of Object.entries({ access, title, topic })) this.#set(name, value, head);
    if (edit_window !== undefined) this.#set('edit_window', edit_window, head);
    this.#own(owner, head);
    this.#give(this.me, role ?? null, head);
  }

  /// The answer to `GET /room/{room}`.
  described({ head, owner, role, ...told }) {
    if (!this.known || told.post === undefined) return;
    for (const name of settings) if (told[name] !== undefined) this.#set(name, told[name], head);
    this.#own(owner, head);
    this.#give(this.me, role ?? null, head);
  }

  /// A page of members, `{name: role}` for those above `member`; `head` is the room's head before the page was asked for.
  members(names, roles, head) {
    for (const name of names) this.#give(name, roles[name] ?? 'member', head);
  }

  /// An entry of the log. Those that aren't acts on the room change nothing.
  fold(entry) {
    if (!this.known || entry.seq <= this.#since) return;
    const { seq, from, user, role } = entry;
    switch (entry.kind) {
      case 'settings':
        for (const name of settings) {
          if (entry.settings?.[name] !== undefined) this.#set(name, entry.settings[name], seq);
        }
        break;
      case 'role':
        if (role === 'owner') {
          this.#own(user, seq);
          this.#give(from, 'moderator', seq);
        } else this.#give(user, role, seq);
        break;
      case 'add':
        this.#give(user, 'member', seq);
        break;
      case 'remove':
      case 'ban':
        this.#give(user, null, seq);
        break;
      default:
        this.hear_mute(entry);
    }
  }

  /// The same of mutes of this user, which the join doesn't tell. For entries since which none is missing.
  hear_mute({ seq, kind, from, user, reason, until }) {
    if ((kind !== 'mute' && kind !== 'unmute') || !this.#is_me(user) || seq <= this.#mute_seq) return;
    this.#mute_seq = seq;
    this.mute = kind === 'mute' ? { by: from, why: reason, until } : null;
  }

  /// A refusal that says more than that: a mute, with the head at that time.
  refused({ code, by, why, until }, head) {
    if (code !== 'muted') return;
    this.#mute_seq = Math.max(this.#mute_seq, head);
    this.mute = { by, why, until };
  }

  /// `member`, `moderator`, `owner`, or null.
  role_of(name) {
    if (this.owner !== null && key_of(name) === key_of(this.owner)) return 'owner';
    const role = this.#roles.get(key_of(name))?.role ?? null;
    // A room has one owner: somebody who was it before handed the room over.
    return role === 'owner' ? 'moderator' : role;
  }
  get role() {
    return this.role_of(this.me);
  }

  /// Whether it is known who may read here. Until then nothing may be said about it.
  get is_told() {
    return this.known || this.guessed;
  }
  get is_open() {
    return this.access === 'open';
  }
  /// Whether this user is a moderator at least.
  get moderates() {
    return this.known && rank_of(this.role) >= rank_of('moderator');
  }

  /// Whether this user may do that (see permissions.js): `what` has the kind and, of an act on somebody, `user`.
  may({ user, ...what }) {
    const { nature, access, post, role } = this;
    const about = user === undefined ? {} : { on: this.role_of(user), self: this.#is_me(user) };
    return permitted({ nature, access, post, by: role, ...about, ...what }) === '';
  }

  /// Whether a message of that time is young enough to be edited. The server decides by its own clock.
  is_editable({ at }, now) {
    return this.edit_window === null || now - Date.parse(at) < this.edit_window * 1000;
  }

  /// Why this user can't write here now, as an error (`{code, …}`), or null.
  silence(now) {
    const ends = Date.parse(this.mute?.until ?? '');
    if (this.mute && !(ends <= now)) return { code: 'muted', ...this.mute };
    if (!this.known || this.may({ kind: 'text' })) return null;
    return { code: 'read_only', post: this.post, access: this.access };
  }

  #is_me(name) {
    return typeof name === 'string' && key_of(name) === key_of(this.me);
  }

  #forget(head) {
    Object.assign(this, { title: '', topic: '', post: 'all', slow: 0, edit_window: null, mute: null });
    this.#seqs = {};
    this.#roles.clear();
    this.#mute_seq = 0;
    this.#since = head;
  }

  #set(name, value, seq) {
    if (seq < (this.#seqs[name] ?? 0)) return;
    this.#seqs[name] = seq;
    this[name] = value;
  }

  #own(owner, seq) {
    if (owner !== undefined) this.#set('owner', owner, seq);
  }

  #give(name, role, seq) {
    if (seq < (this.#roles.get(key_of(name))?.seq ?? 0)) return;
    this.#roles.set(key_of(name), { role, seq });
  }
}
