/// Acts (mute, erase, …) that the server hasn't answered yet. Each has an id, and the server does an id once: so one
/// without an answer is sent again. An act that waited too long is given up, for nobody remembers by then why they
/// pressed that button. Pure.

import { is_temporary } from './errors.js';
import { new_id } from './outbox.js';

const patience = 5000;
const lifetime = 20000;

/// An act's promise comes true as one of
///
///     {entry}             it was done: its entry of the log
///     {unchanged: true}   it is so already
///     {error}             it was refused: `code` and more, as in the frame
export class pending_acts {
  #acts = new Map();

  /// `act` are the frame's fields, `kind` and those of that kind.
  add(room, act, now, id = new_id()) {
    return new Promise((resolve) => {
      this.#acts.set(id, { room, act, resolve, due: now, ends: now + lifetime });
    });
  }

  /// The acts to send now to one of `rooms`, as `{room, id, act}`.
  take(rooms, now) {
    const due = [];
    for (const [id, each] of this.#acts) {
      if (each.due > now || !rooms.includes(each.room)) continue;
      each.due = now + patience;
      due.push({ room: each.room, id, act: each.act });
    }
    return due;
  }

  /// Its entry came, or the answer that nothing changed. Returns whether it was one of these acts.
  answered(id, answer) {
    const act = this.#acts.get(id);
    this.#acts.delete(id);
    act?.resolve(answer);
    return act !== undefined;
  }

  /// It was refused: for good, or to be sent again in `wait` seconds. Returns whether it was one of these acts.
  refused(error, wait, now) {
    const act = this.#acts.get(error.id);
    if (!act) return false;
    if (error.code === 'not_joined' || (is_temporary(error) && error.code !== 'rate_limited')) {
      act.due = now + wait * 1000;
      return true;
    }
    return this.answered(error.id, { error });
  }

  /// Gives up what is too old.
  expire(now) {
    for (const [id, { ends }] of this.#acts) {
      if (ends <= now) this.answered(id, { error: { code: 'unknown_outcome' } });
    }
  }

  /// The connection is gone, and with it every answer under way.
  disconnected(now) {
    for (const act of this.#acts.values()) act.due = Math.min(act.due, now);
  }
}
