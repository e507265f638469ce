/// Running the open room: deeds on people and messages, settings, bans and mutes, the record of what was done. It asks,
/// sends and loads; the page draws.

import { plain } from '../clients/js/src/errors.js';
import { deeds_on, deeds_on_message, has_deeds, reason_fault, settings_change, with_answers } from './deeds.js';
import { say } from './say.js';
import { user_name_fault } from './words.js';

/// `current()` is the open room or null, `carry_out(room, act)` does an act and returns whether it is so now, `changed()`
/// has the page drawn again, `on_message(room, entry, what)` begins to `reply`, `edit` or `react`; `about(room, name)` is what
/// is known of a person, in words.
export class room_running {
  /// Of the room `#room`: `{list, next}`, the newest acts as `{entries, next}`; null: not loaded.
  bans = null;
  mutes = null;
  audit = null;
  #room = null;

  /// `contacts`: what takes no role.
  constructor({ api, view, current, carry_out, changed, on_message = () => {}, contacts = null, about = () => '', now = Date.now }) {
    Object.assign(this, { api, view, current, carry_out, changed, on_message, contacts, about, now });
  }

  /// Whether what is here is of that room.
  of(room) {
    return this.#room === room;
  }

  /// Another room is open, or none.
  enter(room) {
    this.#room = room;
    Object.assign(this, { bans: null, mutes: null, audit: null });
    this.describe();
  }

  /// Asks how the room is set up: what a join doesn't tell.
  async describe() {
    const room = this.#room;
    if (!room?.face.known || room.state !== 'joined') return;
    try {
      room.face.described(await this.api.room(room.name));
    } catch {
      // The server decides anyway; the next join asks again.
    }
    this.changed();
  }

  /// Something was done in the room: what is shown of it is loaded again.
  heard(room) {
    if (!this.of(room)) return;
    if (this.bans && room.face.moderates) this.load_sanctions();
    if (this.audit && room.face.moderates) this.load_audit();
  }

  // ---- deeds -----------------------------------------------------------------------------------------------------

  /// Whether there is anything to choose, about a person or about a message and its author.
  offers_on(room, name) {
    return deeds_on(room.face, name).length + this.#contact_deeds(room, name).length > 0;
  }
  offers_on_message(room, entry) {
    return has_deeds(room.face, entry) || deeds_on(room.face, entry.from).length > 0;
  }

  /// Lets the person choose what to do with somebody.
  async choose(name) {
    const room = this.current();
    if (room.face.moderates && !this.bans) await this.load_sanctions();
    const has = (page) => page?.list.some(({ user }) => user.toLowerCase() === name.toLowerCase()) ?? false;
    const on = deeds_on(room.face, name, { banned: has(this.bans), muted: has(this.mutes) });
    const deeds = [...this.#contact_deeds(room, name), ...on];
    const chosen = await this.view.choose({ title: name, words: this.about(room, name), deeds });
    if (chosen) await this.#do(room, chosen);
  }

  /// Does the same by a key, where it is offered.
  begin_on_message(seq, what) {
    const room = this.current();
    const entry = room?.log.find(seq);
    const offered = entry ? deeds_on_message(room.face, entry, this.now()) : [];
    if (offered.some(({ key, act }) => key === what && !act)) this.on_message(room, entry, what);
  }

  /// The same for the message with that seq, and for its author.
  async choose_on_message(seq) {
    const room = this.current();
    const entry = room.log.find(seq);
    if (!entry) return;
    const deeds = [...deeds_on_message(room.face, entry, this.now()), ...deeds_on(room.face, entry.from)];
    const chosen = await this.view.choose({ title: say('message_of', { name: entry.from }), deeds });
    if (chosen && !chosen.act) this.on_message(room, entry, chosen.key);
    else if (chosen) await this.#do(room, chosen);
  }

  /// By a name that somebody typed. Returns whether it was one.
  async choose_by_name(name) {
    const fault = user_name_fault(name);
    this.view.sanction_fault(fault);
    if (fault) return false;
    await this.choose(name);
    return true;
  }

  /// Takes back a ban (`unban`) or a mute (`unmute`).
  async lift(kind, user) {
    const room = this.current();
    if (await this.carry_out(room, { kind, user })) await this.load_sanctions();
  }

  #contact_deeds(room, name) {
    return this.contacts?.deeds_on(room, name) ?? [];
  }

  async #do(room, deed) {
    if (deed.contact) {
      if (!deed.words || (await this.view.ask_deed(deed, reason_fault))) await this.contacts.carry_out(deed);
      return;
    }
    if (deed.at_once) {
      await this.carry_out(room, deed.act);
      return;
    }
    const answers = await this.view.ask_deed(deed, reason_fault);
    if (answers) await this.carry_out(room, with_answers(deed, answers, this.now()));
  }

  // ---- settings --------------------------------------------------------------------------------------------------

  /// Saves what differs from what is set now. Returns whether it is done; else the page says why not.
  async save(values) {
    const room = this.current();
    const { fault, settings } = settings_change(room.face, values);
    this.view.settings_fault(fault);
    if (fault) return false;
    if (!Object.keys(settings).length) return true;
    return this.carry_out(room, { kind: 'settings', settings });
  }

  // ---- lists -----------------------------------------------------------------------------------------------------

  /// Loads the first page of both lists, or the next one of `more` (`bans` or `mutes`).
  async load_sanctions(more = null) {
    const room = this.#room;
    const page = async (which) => {
      if (more && more !== which) return this[which];
      const before = more ? this[which] : { list: [], next: null };
      const { list, next } = await this.api[which](room.name, before.next);
      return { list: [...before.list, ...list], next };
    };
    await this.#load(room, async () => {
      const [bans, mutes] = await Promise.all([page('bans'), page('mutes')]);
      return { bans, mutes };
    });
  }

  /// Loads the newest acts, or those before what is here.
  async load_audit({ more = false } = {}) {
    const room = this.#room;
    const before = more ? this.audit : { entries: [], next: null };
    await this.#load(room, async () => {
      const { entries, next } = await this.api.audit(room.name, before.next);
      return { audit: { entries: [...before.entries, ...entries], next } };
    });
  }

  async #load(room, load) {
    try {
      const loaded = await load();
      if (this.of(room)) Object.assign(this, loaded);
    } catch (error) {
      this.view.toast(plain(error));
    }
    this.changed();
  }
}
