/// Direct messages with people, and whom one has blocked. It asks the server; the page draws.

import { contact_deeds, nature_of, room_meant } from '../clients/js/src/direct.js';
import { plain } from '../clients/js/src/errors.js';
import { in_order } from '../clients/js/src/text.js';
import { say } from './say.js';

const key_of = (name) => name.toLowerCase();

/// `me()` is the signed-in user, `opened(room)` is called with a direct room that is there now, `changed()` has the page
/// drawn again.
export class own_contacts {
  /// Names as they are written, by their keys.
  #blocked = new Map();
  /// By room, the seqs of messages by them that are shown anyway.
  #revealed = new WeakMap();

  constructor({ api, view, me, opened, changed }) {
    Object.assign(this, { api, view, me, opened, changed });
  }

  /// Somebody signed in: what was here was another's.
  reset() {
    this.#blocked = new Map();
  }

  /// Older servers know no blocks.
  async load() {
    try {
      const { blocks } = await this.api.blocks();
      this.#blocked = new Map((blocks ?? []).map((name) => [key_of(name), name]));
    } catch {
      // The server decides anyway.
    }
    this.changed();
  }

  has_blocked(name) {
    return this.#blocked.has(key_of(name));
  }

  /// Whether that message is hidden: somebody whom one has blocked wrote it.
  hides(room, { from, seq }) {
    return this.has_blocked(from) && !this.#revealed.get(room)?.has(seq);
  }

  /// Shows messages by them anyway, until the page is loaded again.
  reveal(room, seqs) {
    this.#revealed.set(room, new Set([...(this.#revealed.get(room) ?? []), ...seqs]));
    this.changed();
  }

  /// The names of the blocked, in order.
  blocked() {
    return [...this.#blocked.values()].sort(in_order);
  }

  /// What may be done with that person, as seen in this room.
  deeds_on(room, name) {
    const here = nature_of(room.name) === 'direct' && room_meant(`@${name}`, this.me()) === key_of(room.name);
    return contact_deeds(name, { me: this.me(), blocked: this.has_blocked(name), here });
  }

  /// Returns whether it was done; else the page says why not.
  async carry_out({ contact, user }) {
    const call = { message: () => this.#message(user), block: () => this.#block(user), unblock: () => this.#unblock(user) };
    try {
      await call[contact]();
    } catch (error) {
      const refused = contact === 'message' && error.code === 'forbidden';
      this.view.toast(refused ? say('takes_no_direct', { user }) : plain(error));
      return false;
    }
    this.changed();
    return true;
  }

  async #message(user) {
    const { room } = await this.api.open_direct([user]);
    this.opened(room);
  }
  async #block(user) {
    await this.api.block(user);
    this.#blocked.set(key_of(user), user);
  }
  async #unblock(user) {
    await this.api.unblock(user);
    this.#blocked.delete(key_of(user));
  }
}
