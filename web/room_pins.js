/// The pinned messages of the open room, also those far up. It asks the server; the page draws.

import { plain } from '../clients/js/src/errors.js';

/// `current()` is the open room or null, `changed()` has the page drawn again.
export class room_pins {
  /// Whether the server was asked and hasn't answered, and why it can't.
  busy = false;
  fault = '';
  #room = null;
  /// By seq, as far as the server told: the pinned message, which may not be one any more.
  #found = new Map();

  constructor({ api, current, changed }) {
    Object.assign(this, { api, current, changed });
  }

  /// Another room is open, or none.
  enter(room) {
    this.#room = room;
    this.#found = new Map();
    Object.assign(this, { busy: false, fault: '' });
  }

  /// The pinned messages that are known, oldest first. What the log has of a message is newer than what was read.
  list() {
    const log = this.#room?.log;
    if (!log) return [];
    const here = new Map(log.entries.map((entry) => [entry.seq, entry]));
    const read = [...this.#found.values()].filter(({ seq }) => !here.has(seq));
    const loaded = log.entries.filter(({ pinned }) => pinned);
    return [...read, ...loaded].sort((a, b) => a.seq - b.seq);
  }

  /// Asks for all of them.
  async search() {
    const room = this.#room;
    if (!room || this.busy) return;
    Object.assign(this, { busy: true, fault: '' });
    this.changed();
    try {
      const pins = await this.api.pins(room.name);
      if (this.#room !== room) return;
      this.#found = new Map(pins.map((entry) => [entry.seq, entry]));
    } catch (error) {
      if (this.#room !== room) return;
      this.fault = plain(error);
    }
    this.busy = false;
    this.changed();
  }

  /// Acts came: a message far up may be pinned now, or isn't any more.
  heard(room, acts) {
    if (room !== this.#room) return;
    for (const { kind, target } of acts) {
      if (kind === 'unpin' || kind === 'erase') this.#found.delete(target);
      if (kind === 'pin' && !room.log.find(target)) this.#read(room, target);
    }
  }

  async #read(room, seq) {
    try {
      const { messages } = await this.api.history(room.name, { before: seq + 1, limit: 1 });
      if (this.#room !== room) return;
      for (const entry of messages) if (entry.pinned) this.#found.set(entry.seq, entry);
    } catch {
      return; // the next search finds it
    }
    this.changed();
  }
}
