/// What mentions this user, in whatever room. It asks the server; the page draws.

import { plain } from '../clients/js/src/errors.js';
import { say } from './say_more.js';

/// `changed()` has the page drawn again, `wait()` resolves when the server's list has what was just said: it is made behind
/// the log, within a second.
export class own_mentions {
  /// `{room, seq, from, text, at}`, the newest first; null: not loaded.
  list = null;
  next = null;
  fault = '';
  /// Rises when somebody else signs in, or the list is opened again: so that a late answer is known as such.
  #turn = 0;
  #waiting = false;

  constructor({ api, changed, wait = () => new Promise((resolve) => setTimeout(resolve, 1500)) }) {
    Object.assign(this, { api, changed, wait });
  }

  /// Somebody signed in: what was here was another's.
  reset() {
    Object.assign(this, { list: null, next: null, fault: '' });
    this.#turn += 1;
  }

  /// Somebody mentioned this user now: a list that is here then is loaded again.
  async heard() {
    if (this.#waiting) return;
    this.#waiting = true;
    await this.wait();
    this.#waiting = false;
    if (this.list) await this.load();
  }

  /// Loads the newest, or those before what is here.
  async load({ more = false } = {}) {
    if (!more) this.#turn += 1;
    const turn = this.#turn;
    try {
      const { mentions, next } = await this.api.mentions(more ? this.next : null);
      if (turn !== this.#turn) return;
      Object.assign(this, { list: [...(more ? this.list : []), ...mentions.map(shown)], next, fault: '' });
    } catch (error) {
      if (turn !== this.#turn) return;
      this.fault = error.status === 404 ? say('mentions_unlisted') : plain(error);
    }
    this.changed();
  }
}

/// An edit that mentions leads to the message that it is about.
function shown({ room, entry: { seq, kind, target, from, text, at } }) {
  return { room, seq: kind === 'edit' && target ? target : seq, from, text, at };
}
