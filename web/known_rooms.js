/// The rooms that were entered on this device: those of which this user is no member are known nowhere else. Each has a key
/// of its own in the storage, so that two tabs don't forget one another's. Pure but for the storage.

import { each_under, json_store } from '../clients/js/src/store.js';

export class known_rooms {
  #store;
  #kept = new Map();

  constructor(storage, user) {
    this.#store = each_under(storage, `greenroom.room.${user}.`);
    const earlier = json_store(storage, `greenroom.rooms.${user}`, []);
    for (const { name, private: is_private } of earlier.get())
      this.#store.set(name.toLowerCase(), { name, access: is_private ? 'private' : 'open' });
    earlier.clear();
  }

  /// `{name, access}` of each.
  list() {
    return this.#store
      .keys()
      .map((key) => this.#store.get(key))
      .filter((each) => each?.name);
  }

  /// It is joined: written down where that is news.
  keep({ key, name, face: { access } }) {
    if (this.#kept.get(key) === access) return;
    this.#kept.set(key, access);
    this.#store.set(key, { name, access });
  }

  forget(key) {
    this.#kept.delete(key);
    this.#store.set(key, null);
  }

  clear() {
    for (const key of this.#store.keys()) this.forget(key);
  }
}
