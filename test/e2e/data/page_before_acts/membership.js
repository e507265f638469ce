/// The members of the open private room: the list, inviting, removing.

import { plain, user_name_fault } from './words.js';

/// `current()` is the open room or null, `changed()` has the page drawn again.
export class membership {
  names = [];
  next = null;
  #room = null;

  constructor({ api, view, current, changed }) {
    Object.assign(this, { api, view, current, changed });
  }

  /// Whether what is here is of that room.
  of(room) {
    return this.#room === room;
  }

  /// Loads the first page, or the next one. Public rooms have no list of members.
  async load({ more = false } = {}) {
    const room = this.current();
    if (!this.of(room)) Object.assign(this, { names: [], next: null });
    this.#room = room;
    if (!room?.is_private || room.state === 'gone') return;
    try {
      const { members, next } = await this.api.members(room.name, more ? this.next : null);
      if (!this.of(room)) return;
      Object.assign(this, { names: more ? [...this.names, ...members] : members, next });
    } catch (error) {
      if (error.status !== 404) this.view.toast(plain(error));
    }
    this.changed();
  }

  /// Loads a list that is not here yet, for instance because the room was not known to be private before.
  load_if_missing() {
    if (this.current()?.is_private && !this.names.length) this.load();
  }

  /// Returns whether it was done; otherwise the page says why not.
  async invite(name) {
    const fault = user_name_fault(name);
    this.view.invite_fault(fault);
    if (fault) return false;
    try {
      await this.api.invite(this.current().name, name);
    } catch (error) {
      this.view.invite_fault(error.status === 404 ? 'There is no one by that name.' : plain(error));
      return false;
    }
    this.load();
    return true;
  }

  async remove(name) {
    const room = this.current();
    const words = `${name} will no longer find or read ${room.name}.`;
    if (!(await this.view.ask({ title: `Remove ${name}?`, words, yes: 'Remove', danger: true }))) return;
    try {
      await this.api.remove(room.name, name);
    } catch (error) {
      this.view.toast(plain(error));
    }
    this.load();
  }
}
