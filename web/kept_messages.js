/// The last messages of the rooms where one was lately, for a page without a connection. They are shown only until the room
/// itself is heard: what was edited or removed meanwhile is right then. Pure but for the database that is passed in.

import { room_log } from '../clients/js/src/room.js';

export const most_messages = 200;
export const most_rooms = 20;

/// `db` is a browser_db; `wanted()` says whether anything may be kept on this device.
export class kept_messages {
  #logs = new Map();
  /// By room, the head that was kept, so that nothing is written twice.
  #written = new Map();
  #user = '';

  constructor({ db, wanted, now = Date.now }) {
    Object.assign(this, { db, wanted, now });
  }

  /// Somebody is signed in: loads what is here of theirs.
  async begin(user) {
    this.#user = user;
    this.#logs.clear();
    this.#written.clear();
    for (const key of await this.db.keys(this.#prefix)) {
      const kept = await this.db.get(key);
      if (user !== this.#user) return;
      if (kept) this.#logs.set(key.slice(this.#prefix.length), restored(kept, user));
    }
  }

  /// The log to show of a room: its own, or the kept one as long as that isn't here.
  log_of(room) {
    const kept = this.#logs.get(room.key);
    const is_heard = room.log.entries.length > 0 || (room.state === 'joined' && room.log.complete_below);
    if (!kept || is_heard || room.state === 'gone') return room.log;
    return kept;
  }

  /// Keeps a room as it is now. To be called each second, for a page may be gone at any time.
  async keep(room) {
    if (!this.wanted() || !this.#user) return;
    const { log } = room;
    const entries = log.detached ? [] : log.whole_tail().slice(-most_messages);
    if (!entries.length || room.state === 'gone') return;
    const written = `${log.generation} ${log.head}`;
    if (this.#written.get(room.key) === written) return;
    this.#written.set(room.key, written);
    await this.db.set(this.#prefix + room.key, { at: this.now(), generation: log.generation, head: log.newest, entries });
    await this.#forget_oldest();
  }

  /// The room is gone, or left.
  async drop(key) {
    this.#logs.delete(key);
    await this.db.remove(this.#prefix + key);
  }

  /// Nobody is signed in here any more: nothing of theirs stays.
  async forget() {
    const prefix = this.#prefix;
    this.#user = '';
    this.#logs.clear();
    for (const key of await this.db.keys(prefix)) await this.db.remove(key);
  }

  async #forget_oldest() {
    const keys = await this.db.keys(this.#prefix);
    if (keys.length <= most_rooms) return;
    const all = await Promise.all(keys.map(async (key) => ({ key, at: (await this.db.get(key))?.at ?? 0 })));
    all.sort((a, b) => b.at - a.at);
    for (const { key } of all.slice(most_rooms)) await this.db.remove(key);
  }

  get #prefix() {
    return `${this.#user}/`;
  }
}

function restored({ generation, head, entries }, me) {
  const log = new room_log(me);
  log.open({ generation, head, recovered: true });
  log.add_page(entries, {}, head);
  return log;
}
