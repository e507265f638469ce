/// The list of rooms on the server, as far as it was loaded.

import { with_room, without_room } from './own_news.js';

const most_pages = 20;
const longest_page = 500;

/// `loaded(rooms)` is called with each page, `lost(error)` where the session is over, `changed()` has the page drawn
/// again.
export class room_catalog {
  rooms = [];
  next = null;
  failed = false;
  #pages = 0;
  /// Whether the list was unrolled to look for a room, and whether that goes on.
  #searched = false;
  #searching = false;
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

  /// Loads the first page, or the next one. Returns whether it came.
  async load({ more = false, limit = null } = {}) {
    const turn = this.#turn;
    if (!more) this.#searched = false;
    try {
      const { rooms, next } = await this.api.rooms(more ? this.next : null, { limit });
      if (turn !== this.#turn) return false;
      Object.assign(this, { rooms: more ? [...this.rooms, ...rooms] : rooms, next, failed: false });
      this.#pages = more ? this.#pages + 1 : 1;
      this.loaded(rooms);
    } catch (error) {
      if (turn !== this.#turn) return false;
      if (error.status === 401 || error.code === 'suspended') {
        this.lost(error);
        return false;
      }
      this.failed = !this.rooms.length;
      this.changed();
      return false;
    }
    this.changed();
    return true;
  }

  /// Somebody looks for a room by a part of its name: the whole list is loaded, as far as that is reasonable. Once nobody
  /// does, it is the first page again.
  async search(wanted) {
    if (!wanted) {
      if (this.#searched) await this.load();
      return;
    }
    if (this.#searching || this.next === null) return;
    this.#searching = this.#searched = true;
    for (let pages = 0; pages < most_pages && this.next !== null; pages += 1)
      if (!(await this.load({ more: true, limit: longest_page }))) break;
    this.#searching = false;
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
    } else if (type === 'removed') this.rooms = without_room(this.rooms, room);
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
