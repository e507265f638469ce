/// Draws the page from what is known: rooms, the open room, people, messages, the connection. It changes nothing but the
/// page.

import { banner_of, connection_words } from './banner.js';
import { composing_in } from './composing.js';
import { lists_mentions } from './notify.js';
import { rows_of } from './rows.js';
import { unread_words } from './unread_panel.js';
import { about_words, typing_words } from './words.js';

const unseen_wait = 500;

/// `life()` is the signed-in user's state, or null; `parts` are the features that have something to show; `watching()` says
/// whether the reader looks at the end of the open room; `deeds` are what the banner can do.
export class drawing {
  #due = false;
  #timer = 0;

  constructor({ life, view, parts, watching, deeds }) {
    Object.assign(this, { life, view, parts, watching, deeds });
  }

  /// A page that nobody sees gets no frames, but its title is seen.
  soon() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => this.#now());
    this.#timer = setTimeout(() => this.#now(), unseen_wait);
  }

  #now() {
    clearTimeout(this.#timer);
    if (!this.#due) return;
    this.#due = false;
    if (this.life()) this.all();
  }

  all() {
    const { talk, user } = this.life();
    const { view, parts } = this;
    const room = talk.current;
    this.rooms();
    this.connection();
    const now = new Date();
    parts.more.here?.draw({ room, me: user, now });
    if (!room) return;
    const silenced = Boolean(room.face.silence(now));
    view.show_room(room, { about: about_words(room), silenced });
    view.notify.show(room.face.role && room.state === 'joined' ? room.notify : null);
    this.#people(room);
    this.#messages(room, silenced);
    parts.writing.offer();
    this.typing();
    if (this.watching() && room.log.entries.length) talk.seen(room);
    this.latest();
  }

  connection() {
    const { state } = this.life().socket;
    const offline = navigator.onLine === false;
    this.view.show_connection(state.name, connection_words(state.name, offline));
    const room = this.life().talk.current;
    const { words, action, does } = banner_of({ room, state, offline, now: Date.now() });
    this.view.show_banner(words, action, this.deeds[does]);
  }

  rooms() {
    if (!this.life()) return;
    const { talk, user } = this.life();
    const { catalog } = this.parts;
    const joined = talk.listed().filter((room) => !room.is_missing);
    this.view.rooms.show({
      joined,
      others: catalog.rooms.filter((each) => !talk.get(each.room)),
      current: talk.current,
      watched: this.watching() ? talk.current : null,
      me: user,
      more: catalog.next,
      failed: catalog.failed,
    });
    const mentions = joined.filter(({ notify }) => notify !== 'none').reduce((sum, room) => sum + room.mentions, 0);
    this.view.mentions.show({ shown: lists_mentions(joined), calls: mentions });
  }

  typing() {
    const room = this.life()?.talk.current;
    if (room) this.view.show_typing(typing_words(room.typing.users(Date.now())));
  }

  latest() {
    const room = this.life().talk.current;
    const watching = this.watching();
    this.view.show_latest(room.log.detached || !this.view.list.following, room.unread);
    this.view.unread.show(unread_words(room, { watching, now: new Date() }));
  }

  #people(room) {
    const { people, running } = this.parts;
    const person = (name) => ({ name, role: room.face.role_of(name), deeds: running.offers_on(room, name) });
    this.view.people.show_here(room.presence.sorted().map(person));
    if (!people.of(room)) return;
    const adds = room.face.known ? room.face.may({ kind: 'add' }) : room.is_private;
    this.view.people.show_members({ people: people.shown_names().map(person), more: people.next, adds });
  }

  #messages(room, silenced) {
    const { outbox, user } = this.life();
    const { running, contacts } = this.parts;
    const log = this.parts.kept.log_of(room);
    const is_here = log === room.log;
    this.view.list.show(
      rows_of(log, outbox.of(room.key), {
        face: room.face,
        me: user,
        unread: room.unread_from,
        loading: Boolean(room.request),
        hides: (entry) => contacts.hides(room, entry),
        offers: (entry) => is_here && running.offers_on_message(room, entry),
        reacts: is_here && room.face.may({ kind: 'react' }) && !silenced,
        plain: this.parts.writing.plain_in(room),
      }),
    );
    this.view.composing.show_composing(composing_in(room).words());
  }
}
