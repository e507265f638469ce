/// The members of the open room: the list, adding somebody, becoming a member oneself.

import { plain } from '../clients/js/src/errors.js';
import { say } from './say.js';
import { user_name_fault } from './words.js';

const folded = (name) => name.toLowerCase();

/// `current()` is the open room or null, `shown()` whether somebody looks at the list, `changed()` has the page drawn
/// again.
export class membership {
  names = [];
  next = null;
  #room = null;
  /// Names that were looked for, whether those are all members, and the beginnings by which they were.
  #found = [];
  #whole = false;
  #sought = new Set();

  constructor({ api, view, current, shown = () => true, changed }) {
    Object.assign(this, { api, view, current, shown, changed });
  }

  /// Whether what is here is of that room.
  of(room) {
    return this.#room === room;
  }

  /// Another room is open, or none.
  enter(room) {
    this.#room = room;
    Object.assign(this, { names: [], next: null });
    this.#found = [];
    this.#sought.clear();
    this.want();
  }

  /// Those who may be named here: members, then others who are here.
  named() {
    return [...this.shown_names(), ...this.#found, ...this.#room.presence.sorted()];
  }

  /// Somebody begins to write a name: loads members whose names may be meant. In an open room people become members
  /// without a word, so the list that is here may be an older one. Null: no name is begun.
  async look_for(begun) {
    const room = this.#room;
    if (begun === null) this.#sought.clear();
    if (!room || begun === null || this.#sought.has(begun)) return;
    const first = !this.#sought.size;
    this.#sought.add(begun);
    if (first) await this.#find(room, null);
    if (begun && !this.#whole) await this.#find(room, begun);
    this.changed();
  }

  async #find(room, after) {
    try {
      const { members, next } = await this.api.members(room.name, after);
      if (!this.of(room)) return;
      this.#found = after === null ? members : [...this.#found, ...members];
      if (after === null) this.#whole = next === null;
    } catch {
      return; // those who are known are offered
    }
  }

  /// The list may be another one now: loads it where it is looked at, or where what one may do depends on it.
  want() {
    const room = this.#room;
    if (room && (this.shown() || room.face.moderates)) this.load();
  }

  /// Loads the first page, or the next one. Older servers have no list of members of an open room.
  async load({ more = false } = {}) {
    const room = this.#room;
    if (!room || room.state === 'gone' || !(room.face.known || room.is_private)) return;
    const head = room.log.head;
    try {
      const { members, roles, next } = await this.api.members(room.name, more ? this.next : null);
      if (!this.of(room)) return;
      room.face.members(members, roles, head);
      Object.assign(this, { names: more ? [...this.names, ...members] : members, next });
    } catch (error) {
      if (error.status !== 404 && error.status !== 403) this.view.toast(plain(error));
    }
    this.changed();
  }

  /// Acts came: those who are members now are put into the list, without asking the server, for everybody in the room
  /// would ask it at once.
  heard(room, acts) {
    if (!this.of(room)) return;
    for (const { kind, user } of acts) {
      if ((kind !== 'add' && kind !== 'role') || this.#has(user)) continue;
      if (this.next === null || folded(user) < folded(this.names.at(-1))) this.names.push(user);
    }
    this.names.sort((a, b) => (folded(a) < folded(b) ? -1 : 1));
  }

  /// The names of those who are still members, in order.
  shown_names() {
    const { face } = this.#room;
    return face.known ? this.names.filter((name) => face.role_of(name) !== null) : this.names;
  }

  /// Returns whether it was done; otherwise the page says why not.
  async invite(name) {
    const fault = user_name_fault(name);
    this.view.invite_fault(fault);
    if (fault) return false;
    try {
      await this.api.invite(this.current().name, name);
    } catch (error) {
      this.view.invite_fault(this.#why_not(name, error));
      return false;
    }
    this.load();
    return true;
  }

  /// Makes this user a member of an open room. Returns whether it was done.
  async become_member() {
    const room = this.current();
    try {
      await this.api.invite(room.name, room.face.me);
    } catch (error) {
      this.view.toast(plain(error));
      return false;
    }
    this.load();
    return true;
  }

  #has(user) {
    return this.names.some((name) => folded(name) === folded(user));
  }

  #why_not(name, error) {
    if (error.status === 404) return say('error_no_user');
    return error.code === 'conflict' ? say('banned_here', { name }) : plain(error);
  }
}
