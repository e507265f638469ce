/// Messages that the server has not acknowledged yet. They outlive reloads and lost connections: each keeps its id, and the
/// server writes an id once, however often it is sent. Pure but for the storage that is passed in.

/// An id that is unique for ever. Outside a secure context `randomUUID` is missing, random bytes are not.
export function new_id(crypto = globalThis.crypto) {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/// States: `pending` (to be sent, or sent and unanswered), `failed` (refused; the reader decides).
///
///     add ──► pending ──acknowledged──► gone
///               │  ▲
///        failed │  │ retry
///               ▼  │
///             failed ──discard──► gone
///
/// One message a room is in flight at a time: so the room gets them in the order in which they were written, also when one
/// of them has to be sent again.
export class message_outbox {
  #entries = [];
  #flying = new Map();
  #held_until = new Map();

  /// `storage` is a Web Storage or null; `key` names this user's place in it.
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    this.#load();
  }

  /// `target`: the seq of the message that this one answers, if it does.
  add(room, text, now, { id = new_id(), target } = {}) {
    const entry = { room, id, text, state: 'pending', written: now, reason: '', ...(target ? { target } : {}) };
    this.#entries.push(entry);
    this.#save();
    return entry;
  }

  /// The entries to send now: for every room in `rooms` the first pending entry, unless one is in flight and was sent less than
  /// `patience` ago, or the room is held back. Marks what it returns as in flight.
  take(rooms, now, patience = 10000) {
    const due = [];
    for (const room of rooms) {
      const entry = this.#entries.find((each) => each.room === room && each.state === 'pending');
      if (!entry || (this.#held_until.get(room) ?? 0) > now) continue;
      const flying = this.#flying.get(room);
      if (flying && flying.id === entry.id && now - flying.sent < patience) continue;
      this.#flying.set(room, { id: entry.id, sent: now });
      due.push(entry);
    }
    return due;
  }

  /// The server answered with the message. Returns whether it was one of ours.
  acknowledged(room, id) {
    return this.#remove(room, id);
  }

  discard(room, id) {
    return this.#remove(room, id);
  }

  /// The server refused it for good.
  failed(room, id, reason) {
    return this.#become(room, id, 'failed', reason);
  }

  /// To be sent again, behind what is already waiting.
  retry(room, id, now) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#entries.push(entry);
    entry.written = now;
    return this.#become(room, id, 'pending', '');
  }

  /// Refused for now: nothing goes to that room before `until`, then the same id again.
  hold(room, until) {
    this.#flying.delete(room);
    this.#held_until.set(room, until);
  }

  /// The connection is gone, and with it every answer under way.
  disconnected() {
    this.#flying.clear();
    this.#held_until.clear();
  }

  /// Every waiting message of that room failed at once, for instance because the room is gone.
  fail_room(room, reason) {
    for (const entry of this.of(room)) if (entry.state === 'pending') this.#become(room, entry.id, 'failed', reason);
  }

  /// The ids in flight, as `[room, id]`.
  in_flight() {
    return [...this.#flying].map(([room, { id }]) => [room, id]);
  }

  of(room) {
    return this.#entries.filter((entry) => entry.room === room);
  }
  has(room, id) {
    return this.#find(room, id) !== undefined;
  }
  rooms() {
    return new Set(this.#entries.map((entry) => entry.room));
  }
  get waiting() {
    return this.#entries.filter((entry) => entry.state === 'pending').length;
  }

  #find(room, id) {
    return this.#entries.find((entry) => entry.room === room && entry.id === id);
  }

  #become(room, id, state, reason) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    entry.state = state;
    entry.reason = reason;
    this.#land(room, id);
    this.#save();
    return true;
  }

  #remove(room, id) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#land(room, id);
    this.#save();
    return true;
  }

  #land(room, id) {
    if (this.#flying.get(room)?.id === id) this.#flying.delete(room);
  }

  #load() {
    try {
      const stored = JSON.parse(this.storage?.getItem(this.key) ?? '[]');
      this.#entries = Array.isArray(stored) ? stored.filter((each) => each && each.room && each.id && each.text) : [];
    } catch {
      this.#entries = [];
    }
  }

  #save() {
    try {
      if (this.#entries.length) this.storage?.setItem(this.key, JSON.stringify(this.#entries));
      else this.storage?.removeItem(this.key);
    } catch {
      // A full or forbidden storage: the messages still go out, they just would not outlive a reload.
    }
  }
}
