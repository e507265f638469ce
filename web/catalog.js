/// The list of rooms on the server, as far as it was loaded.

import { with_room, without_room } from './own_news.js';

/// `loaded(rooms)` is called with each page, `lost(error)` where the session is over, `changed()` has the page drawn
/// again.
export class room_catalog {
  rooms = [];
  next = null;
  failed = false;
  #pages = 0;
  /// Rises when somebody else signs in, so that an answer to the last one is known as such.
  #turn = 0;

  constructor({ api, loaded, lost, changed }) {
    Object.assign(this, { api, loaded, lost, changed });
  }

  /// Somebody signed in: what was here was another's.
  reset() {
    Object.assign(this, { rooms: [], next: null, failed: false });
    this.#pages = 0;
    this.#turn += 1;
  }

  find(key) {
    return this.rooms.find(({ room }) => room.toLowerCase() === key);
  }

  /// Loads the first page, or the next one.
  async load({ more = false } = {}) {
    const turn = this.#turn;
    try {
      const { rooms, next } = await this.api.rooms(more ? this.next : null);
      if (turn !== this.#turn) return;
      Object.assign(this, { rooms: more ? [...this.rooms, ...rooms] : rooms, next, failed: false });
      this.#pages = more ? this.#pages + 1 : 1;
      this.loaded(rooms);
    } catch (error) {
      if (turn !== this.#turn) return;
      if (error.status === 401 || error.code === 'suspended') {
        this.lost(error);
        return;
      }
      this.failed = !this.rooms.length;
    }
    this.changed();
  }

  /// News of this user: they are a member of a room now, or aren't any more.
  async hear({ type, room }) {
    const turn = this.#turn;
    if (type === 'added') {
      try {
        const found = await this.api.room(room);
        if (turn !== this.#turn) return;
        this.rooms = with_room(this.rooms, found, this.next);
      } catch {
        return; // the next refresh has it
      }
    } else this.rooms = without_room(this.rooms, room);
    this.changed();
  }

  /// Others make rooms, too. A list that was unrolled further is left as it is.
  refresh() {
    if (this.#pages <= 1) this.load();
  }
}

/// Of a room in the list; older servers only tell whether it is private.
export function access_of(each) {
  return each.access ?? (each.private ? 'private' : 'open');
}
