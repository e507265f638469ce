/// Addresses and what they open: `#/lobby` a room, `#/lobby/12` a message in it, `#/settings/password`
/// a part of one's own settings, `#invite=…` an invitation; these don't stay there.

import { key_of } from '../clients/js/src/chat_room.js';
import { is_direct_reference, room_meant } from '../clients/js/src/direct.js';
import { page_size } from '../clients/js/src/room.js';
import { address_of } from './address.js';
import { access_of } from './catalog.js';
import { say } from './say.js';
import { room_name_fault } from './words.js';

/// `life()` is the signed-in user's state, or null; `parts` are told which room is open (`enter(room)`), and
/// which isn't any more (`leave(room)`, where there is such); `invited` keeps an
/// invite until it is asked about; `bar` and `past` are the browser's `location` and `history`; `drawn()` draws all,
/// `open_own(part)` opens a part of one's own settings.
export class navigation {
  /// The keys of the rooms that were opened, the last one first.
  recent = [];

  constructor({ life, view, catalog, writing, invited, parts, drawn, open_own = () => {}, bar = location, past = history }) {
    Object.assign(this, { life, view, catalog, writing, invited, parts, drawn, open_own, bar, past });
  }

  get #talk() {
    return this.life().talk;
  }
  get #current() {
    return this.life()?.talk.current ?? null;
  }

  /// The room of that name; '': whichever there is.
  go(name) {
    if (this.bar.hash === `#/${name}`) this.follow();
    else this.bar.hash = `#/${name}`;
  }

  /// The address is another one now.
  follow() {
    const { room: said, seq, invite, setting } = address_of(this.bar.hash);
    if (invite !== undefined) {
      this.#take_invite(invite);
      return;
    }
    if (!this.life()) return;
    if (setting) {
      this.#open_settings(setting);
      return;
    }
    const name = is_direct_reference(said) ? room_meant(said, this.life().user) : said;
    if (name && (is_direct_reference(name) || !room_name_fault(name))) this.#open(name, seq);
    else this.#open_none(name);
  }

  /// Shows the message with that seq in the open room.
  jump(seq) {
    this.view.list.seek(seq);
    this.#talk.seek(this.#current, seq);
  }

  #open(name, seq) {
    const known = this.catalog.find(key_of(name));
    const guess = known ? { access: access_of(known), owner: known.owner } : {};
    const room = this.#talk.get(name) ?? this.#talk.enter(known?.room ?? name, guess);
    this.#turn_to(room);
    this.view.enter_room(room, this.life().drafts.get(room.key));
    for (const part of this.parts) part.enter(room);
    if (seq) {
      this.past.replaceState(null, '', `#/${room.name}`);
      this.jump(seq);
    } else if (room.unread_from) this.#read_on(room);
    this.drawn();
  }

  /// They lie over the room that is open, and that one is the address again.
  #open_settings(part) {
    this.past.replaceState(null, '', `#/${this.#current?.name ?? ''}`);
    if (!this.#current) this.follow();
    this.open_own(part);
  }

  #open_none(name) {
    const first = this.#talk.listed().find((room) => !room.is_missing);
    if (!name && first) {
      this.bar.replace(`#/${first.name}`);
      return;
    }
    this.#turn_to(null);
    this.view.show_welcome();
    this.drawn();
  }

  /// What wasn't read yet is read from its beginning.
  #read_on(room) {
    this.view.list.start_from(room.unread_from);
    if (room.log.head - room.unread_from > page_size / 2) this.#talk.seek(room, room.unread_from);
  }

  /// The room that is looked at, or null. What is written in the last one goes to the server; one that wasn't there is forgotten.
  #turn_to(room) {
    const last = this.#current;
    if (last && last !== room) for (const part of this.parts) part.leave?.(last);
    this.#talk.open(room);
    if (room) this.recent = [room.key, ...this.recent.filter((key) => key !== room.key)].slice(0, 50);
    if (last?.is_missing && last.key !== room?.key) this.#talk.leave(last.name);
    this.writing.turned(last);
  }

  #take_invite(invite) {
    if (invite) this.invited.keep(invite);
    else this.view.toast(say('link_not_whole'));
    const room = this.#current;
    this.past.replaceState(null, '', room ? `#/${room.name}` : this.bar.pathname + this.bar.search);
    if (!this.life()) {
      this.view.show_gate({ invited: this.invited.waiting });
      return;
    }
    if (!room) this.follow();
    this.invited.offer(this.life().user);
  }
}
