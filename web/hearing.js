/// What the conversation tells, and who is to hear of it: screen readers, notes, notifications, the lists.

import { mentions } from '../clients/js/src/mentions.js';
import { entry_line, is_words } from '../clients/js/src/sentences.js';
import { call_for, call_for_news } from './calling.js';
import { news_words } from './own_news.js';
import { say } from './say.js';

/// `life()` is the signed-in user's state; `more` is what is loaded later (see later.js), `seen()` whether somebody looks at
/// the page.
export class hearing {
  constructor({ life, view, calls, catalog, people, running, contacts, more, seen }) {
    Object.assign(this, { life, view, calls, catalog, people, running, contacts, more, seen });
  }

  get #current() {
    return this.life()?.talk.current ?? null;
  }

  /// Somebody else said or did something.
  news(room, entry) {
    if (this.contacts.has_blocked(entry.from)) return;
    const me = this.life().user;
    const line = entry_line(entry, me);
    const is_mention = is_words(entry) && mentions(entry, room.face);
    if (is_mention || (entry.kind === 'edit' && mentions(entry, room.face))) this.more.here?.mentioned.heard();
    if (is_words(entry)) this.calls.show(call_for({ room, entry, me, mentioned: is_mention, seen: this.seen() }));
    if (room === this.#current) {
      if (line) this.view.announce(line);
    } else if (is_mention && room.notify !== 'none') this.view.toast(say('mentioned_you', { from: entry.from, room: room.name }));
  }

  /// Acts came: what the lists have is another thing now.
  acted(room, acts) {
    this.running.heard(room);
    this.people.heard(room, acts);
    this.more.here?.heard(room, acts);
  }

  /// The person is a member of a room now, or isn't any more, or something was done to them. In the open room they see it
  /// happen.
  own_news(frame, room) {
    const me = this.life().user;
    const words = news_words(frame, me, this.#current?.name);
    if (words && (!room || room !== this.#current || frame.type === 'notice')) this.view.toast(words);
    this.calls.show(call_for_news(frame, { me, seen: this.seen() }));
    this.catalog.hear(frame);
  }

  /// What the server tells only when asked may be another thing now.
  stale(room) {
    if (room !== this.#current) return;
    this.running.describe();
    this.people.want();
  }
}
