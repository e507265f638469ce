/// Messages that the server has not acknowledged yet. They outlive reloads, lost connections and their tab: each keeps its
/// id, and the server writes an id once, however often and by however many tabs it is sent. Pure but for the storage that
/// is passed in.

import { say } from './saying.js';

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
  #waiters = new Map();

  /// `store` keeps values by the messages' ids: `get(id)`, `set(id, value)` (null removes), `keys()`.
  constructor(store) {
    this.store = store;
    this.#load();
  }

  /// `target`: the seq of the message that this one answers, if it does.
  add(room, text, now, { id = new_id(), target } = {}) {
    const answers = target ? { target } : {};
    const entry = { room, id, text, state: 'pending', written: now, place: this.#next, reason: '', ...answers };
    this.#entries.push(entry);
    this.#save(entry);
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

  /// The server answered with the message, `entry`. Returns whether it was one of ours.
  acknowledged(room, id, entry = null) {
    return this.#remove(room, id, { entry });
  }

  discard(room, id) {
    return this.#remove(room, id, { error: { code: 'discarded', detail: say('not_sent') } });
  }

  /// The server refused it for good: `reason` are the words for the person, `error` is what it said.
  failed(room, id, reason, error = {}) {
    return this.#become(room, id, 'failed', reason, error);
  }

  /// What comes of a message: `{entry}` once it is in the room's log, `{error}` where it is refused for good.
  settled(id) {
    return new Promise((resolve) => this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]));
  }

  /// To be sent again, behind what is already waiting.
  retry(room, id, now) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    Object.assign(entry, { written: now, place: this.#next });
    this.#entries.push(entry);
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
  fail_room(room, reason, error = {}) {
    for (const { id, state } of this.of(room)) if (state === 'pending') this.#become(room, id, 'failed', reason, error);
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
  waiting_in(room) {
    return this.of(room).filter((entry) => entry.state === 'pending').length;
  }

  /// The place behind all others, for those that were written in one millisecond.
  get #next() {
    return (this.#entries.at(-1)?.place ?? 0) + 1;
  }

  #find(room, id) {
    return this.#entries.find((entry) => entry.room === room && entry.id === id);
  }

  #become(room, id, state, reason, error = null) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    entry.state = state;
    entry.reason = reason;
    this.#land(room, id);
    this.#save(entry);
    if (error) this.#settle(id, { error });
    return true;
  }

  #remove(room, id, answer) {
    const entry = this.#find(room, id);
    if (!entry) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#land(room, id);
    this.store.set(id, null);
    this.#settle(id, answer);
    return true;
  }

  /// Nothing is sent any more: those who wait hear `error`, and the messages stay for the next time.
  stopped(error) {
    for (const id of [...this.#waiters.keys()]) this.#settle(id, { error });
  }

  #settle(id, answer) {
    for (const resolve of this.#waiters.get(id) ?? []) resolve(answer);
    this.#waiters.delete(id);
  }

  #land(room, id) {
    if (this.#flying.get(room)?.id === id) this.#flying.delete(room);
  }

  /// In the order in which they were written, also by two tabs.
  #load() {
    const stored = this.store.keys().map((id) => this.store.get(id));
    this.#entries = stored.filter((each) => each && each.room && each.id && each.text);
    this.#entries.sort((a, b) => a.written - b.written || a.place - b.place);
  }

  #save(entry) {
    this.store.set(entry.id, entry);
  }
}
