/// Unfinished texts by room. Each is kept here as it is typed, and on the server a while later, so that it is there on the
/// person's other devices. It asks the server; the page draws.
///
/// Of two texts for one room the later one stands. The one that is being typed here is the later one; one that was left
/// here before is compared by its time.

import { key_of } from '../clients/js/src/chat_room.js';
import { is_passing } from '../clients/js/src/errors.js';
import { bytes_of, well_formed } from '../clients/js/src/text.js';

/// How long nobody types before the server is told, and how often it is told while somebody does, in milliseconds.
const pause = 2000;
const longest = 10000;
/// How long an answer of the server's list is good for.
const freshness = 2000;
const most_bytes = 8192;
const first_wait = 5000;
const longest_wait = 60000;
const most_pages = 10;

/// `store` has `get(key)`, `set(key, value)` (null removes) and `keys()`, and holds `{text, at, kept}`: `kept` says that
/// the server has just this. `changed()` is called when texts came from the server.
export class own_drafts {
  /// By room: when to tell the server next, since when that waits, how often it failed.
  #due = new Map();
  #sending = new Set();
  /// By room, the turn in which its text last changed here or went to the server.
  #touched = new Map();
  #turn = 0;
  #asked = -Infinity;
  /// Whether the list is wanted although it was just asked for.
  #wanted = false;
  /// Whether the server isn't asked: an older one keeps no drafts, or the person signed out.
  #alone = false;

  constructor({ store, api, now = Date.now, changed = () => {} }) {
    Object.assign(this, { store, api, now, changed });
  }

  get(key) {
    return this.store.get(key)?.text ?? '';
  }

  /// The person typed: the room's text is this now.
  set(key, text) {
    if (well_formed(text) === this.get(key)) return;
    this.store.set(key, { text: well_formed(text), at: this.now(), kept: false });
    this.#touch(key);
    const { since = this.now() } = this.#due.get(key) ?? {};
    this.#due.set(key, { since, at: Math.min(this.now() + pause, since + longest), failed: 0 });
  }

  /// The room is left, or its text was sent: the server is told without waiting.
  settle(key, { last = false } = {}) {
    const due = this.#due.get(key);
    if (due && !due.failed) this.#due.set(key, { ...due, at: this.now() });
    return this.tick({ last });
  }

  /// The page is hidden, and may never be seen again. Resolves when the server has answered.
  settle_all() {
    const keys = [...this.#due.keys()];
    return Promise.all(keys.flatMap((key) => this.settle(key, { last: true })));
  }

  /// There is a connection again: what waits is told at once.
  wake() {
    for (const [key, due] of this.#due) this.#due.set(key, { ...due, at: this.now(), failed: 0 });
    this.tick();
  }

  /// To be called each second. `last`: the page may be gone before the answers, which are returned as promises.
  tick({ last = false } = {}) {
    if (this.#alone) return [];
    if (this.#wanted) this.load();
    const due = [...this.#due].filter(([key, { at }]) => at <= this.now() && !this.#sending.has(key));
    return due.map(([key]) => this.#tell(key, last));
  }

  /// Takes the texts that the server has; a while later, if it just did.
  async load() {
    if (this.#alone) return;
    this.#wanted = this.now() - this.#asked < freshness;
    if (this.#wanted) return;
    this.#asked = this.now();
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const there = await this.#all();
      this.#take(there, turn);
    } catch (error) {
      this.#asked = -Infinity;
      if (error.status === 404) this.#alone = true;
    }
    this.changed();
  }

  /// The server has another text, which may be the one from here.
  hear({ room, text }) {
    const key = key_of(room);
    if (text === this.get(key) || this.#due.has(key) || this.#sending.has(key)) return undefined;
    return this.load();
  }

  /// The person signs out here: what the server has is theirs elsewhere, and nobody's on this device.
  forget({ all = false } = {}) {
    for (const key of this.store.keys()) if (all || this.store.get(key)?.kept) this.store.set(key, null);
    this.#due.clear();
    this.#alone = true;
  }

  async #all() {
    const there = new Map();
    for (let [after, pages] = [null, 0]; pages < most_pages; pages += 1) {
      const { drafts, next } = await this.api.drafts(after);
      for (const { room, text, at } of drafts) there.set(key_of(room), { text, at: Date.parse(at) });
      if (next === null) break;
      after = next;
    }
    return there;
  }

  #take(there, turn) {
    for (const key of new Set([...this.store.keys(), ...there.keys()])) {
      if ((this.#touched.get(key) ?? 0) >= turn || this.#due.has(key) || this.#sending.has(key)) continue;
      const [here, other] = [this.store.get(key), there.get(key)];
      if (here && !here.kept && !(other?.at > here.at)) {
        if (here.text === (other?.text ?? '')) this.#keep(key, here);
        else this.#due.set(key, { since: this.now(), at: this.now(), failed: 0 });
      } else this.store.set(key, other ? { ...other, kept: true } : null);
    }
    this.tick();
  }

  async #tell(key, last) {
    const told = this.store.get(key);
    if (!told || told.kept || bytes_of(told.text) > most_bytes) {
      this.#due.delete(key);
      return;
    }
    this.#sending.add(key);
    this.#touch(key);
    const before = this.#due.get(key);
    this.#due.delete(key);
    try {
      if (told.text) await this.api.keep_draft(key, told.text, { last });
      else await this.api.drop_draft(key, { last });
      this.#touch(key);
      const here = this.store.get(key);
      if (here?.text === told.text) this.#keep(key, here);
    } catch (error) {
      // Refused for good: it stays here alone, until it is another text.
      if (is_passing(error) && !this.#due.has(key)) this.#again(key, before, error);
    }
    this.#sending.delete(key);
  }

  #keep(key, { text, at }) {
    this.store.set(key, text ? { text, at, kept: true } : null);
  }

  #again(key, { since, failed }, { retry_after }) {
    const wait = Math.max(retry_after * 1000, Math.min(longest_wait, first_wait * 2 ** failed));
    this.#due.set(key, { since, at: this.now() + wait, failed: failed + 1 });
  }

  #touch(key) {
    this.#turn += 1;
    this.#touched.set(key, this.#turn);
  }
}
