/// Direct messages with people, and whom one has blocked. It asks the server; the page draws.

import { contact_deeds, nature_of, room_meant } from './direct.js';
import { plain } from './words.js';

const key_of = (name) => name.toLowerCase();

/// `me()` is the signed-in user, `opened(room)` is called with a direct room that is there now, `changed()` has the page
/// drawn again.
export class own_contacts {
  #blocked = new Set();

  constructor({ api, view, me, opened, changed }) {
    Object.assign(this, { api, view, me, opened, changed });
  }

  /// Somebody signed in. Older servers know no blocks.
  async load() {
    this.#blocked = new Set();
    try {
      const { blocks } = await this.api.blocks();
      this.#blocked = new Set((blocks ?? []).map(key_of));
    } catch {
      // The server decides anyway.
    }
    this.changed();
  }

  has_blocked(name) {
    return this.#blocked.has(key_of(name));
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
      this.view.toast(refused ? `${user} takes no direct messages from you.` : plain(error));
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
    this.#blocked.add(key_of(user));
  }
  async #unblock(user) {
    await this.api.unblock(user);
    this.#blocked.delete(key_of(user));
  }
}
