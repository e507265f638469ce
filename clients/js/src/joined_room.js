/// A room as a program has it.

import { refusal } from './errors.js';
import { events } from './events.js';
import { room_feed } from './feed.js';
import { is_words } from './sentences.js';
import { well_formed } from './text.js';

/// Events: `message (entry)`, somebody's words, one's own too; `entry (entry)`, all that stands in the log, words and acts;
/// `typing (names)`, `people (names)`, `anew ()` where the room is another one under the same name, `gone (refusal)`.
export class joined_room extends events {
  #client;
  #room;
  #feed;
  #from;
  #people = '';
  #waiting = [];
  /// Whether somebody listens to what stands in the log, since a moment.
  #begun = false;
  #begins = false;

  /// `from`: the position from which a program goes on that was here before.
  constructor(client, room, from = {}) {
    super();
    this.#client = client;
    this.#room = room;
    this.#from = from;
    this.#feed = new room_feed({
      log: room.log,
      give: (entry) => this.#give(entry),
      read: (page) => client.api.history(room.name, page),
    });
  }

  /// Entries are given from the first listener on, which hears all that came since the room was joined; in a moment, so that
  /// those that follow hear it too.
  on(name, listener) {
    const off = super.on(name, listener);
    if (!this.#begins && (name === 'message' || name === 'entry')) {
      this.#begins = true;
      setTimeout(() => {
        this.#begun = true;
        this.changed();
      });
    }
    return off;
  }

  get name() {
    return this.#room.name;
  }
  /// `away` while there is no connection, `joining`, `joined`, `gone`.
  get state() {
    return this.#room.state;
  }
  /// The newest messages as they are by now, 400 at most: with edits and reactions, without what was erased.
  get messages() {
    return this.#room.log.entries.filter((entry) => is_words(entry) && entry.kind !== 'erased');
  }
  /// The number of the newest entry.
  get head() {
    return this.#room.log.head;
  }
  /// How far the events are: kept somewhere, and given to `join`, they go on there after a restart.
  get position() {
    return { generation: this.#feed.generation, seq: this.#feed.seq };
  }
  get unread() {
    return this.#room.unread;
  }
  get mentions() {
    return this.#room.mentions;
  }
  /// Who is here, as far as the server names them.
  get people() {
    return this.#room.presence.sorted();
  }
  get access() {
    return this.#room.face.access;
  }
  get title() {
    return this.#room.face.title;
  }
  get topic() {
    return this.#room.face.topic;
  }
  /// This user's own role: `member`, `moderator`, `owner` or null.
  get role() {
    return this.#room.face.role;
  }

  /// Says something. Resolves to its entry once it is stored, however often the connection is lost meanwhile; rejects with a
  /// refusal. `target`: the number of the message that it answers.
  async send(text, { target } = {}) {
    const { talk, outbox } = this.#client.session;
    if (this.state === 'gone') throw new refusal(this.#room.gone_why);
    const { key } = this.#room;
    const { id } = talk.say(this.#room, well_formed(String(text)), { target });
    const { entry, error } = await outbox.settled(id);
    if (!error) return entry;
    if (error.code !== 'stopped') outbox.discard(key, id);
    throw new refusal(error);
  }

  /// Does something else: `what` has `kind` and that kind's fields. Resolves to its entry, or to null where nothing changed.
  async act(what) {
    const { entry = null, error } = await this.#client.session.talk.act(this.#room, what);
    if (error) throw new refusal(error);
    return entry;
  }
  edit(target, text) {
    return this.act({ kind: 'edit', target, text: well_formed(String(text)) });
  }
  erase(target, reason) {
    return this.act({ kind: 'erase', target, ...(reason ? { reason } : {}) });
  }
  react(target, text) {
    return this.act({ kind: 'react', target, text });
  }
  unreact(target, text) {
    return this.act({ kind: 'unreact', target, text });
  }
  pin(target) {
    return this.act({ kind: 'pin', target });
  }
  unpin(target) {
    return this.act({ kind: 'unpin', target });
  }

  /// One page of the log, ascending: the newest, or the one before or after a number. `{messages, more}`.
  history({ before, after, limit = 50 } = {}) {
    return this.#client.api.history(this.name, { before, after, limit });
  }

  /// Everything up to that number is read; it is told to the server, and so to this user's other devices.
  read(seq = this.head) {
    this.#room.read = Math.max(this.#room.read ?? 0, Math.min(seq, this.head));
  }

  /// Tells the others that this user is writing; or, with false, that they are not.
  typing(is_typing = true) {
    this.#client.session.talk.typed(this.#room, !is_typing);
  }

  /// Nothing comes of it any more. A membership isn't touched.
  leave() {
    this.#client.forget(this.#room);
  }

  /// Resolves once it is joined.
  joined() {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.changed();
    });
  }

  /// Something of it is another thing now. For the client.
  changed() {
    const { state, log } = this.#room;
    if (state === 'joined' && log.generation !== null) {
      if (this.#feed.seq === null) this.#feed.start(this.#from);
      if (this.#begun && this.#feed.pump()) this.emit('anew');
      for (const { resolve } of this.#waiting.splice(0)) resolve(this);
      this.#show_people();
    }
    if (state === 'gone') this.end(new refusal(this.#room.gone_why));
  }

  /// For the client: what was missed, if nothing brings it, is read.
  tick() {
    if (this.#begun && this.state === 'joined') this.#feed.tick();
  }

  /// For the client: there will be no more of it.
  end(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    if (this.state === 'gone') {
      this.emit('gone', error);
      this.#client.forget(this.#room);
    }
  }

  /// For the client.
  typed() {
    this.emit('typing', this.#room.typing.users(Date.now()));
  }

  #show_people() {
    const names = this.people;
    if (names.join() === this.#people) return;
    this.#people = names.join();
    this.emit('people', names);
  }

  #give(entry) {
    this.emit('entry', entry);
    if (is_words(entry) && entry.kind !== 'erased') this.emit('message', entry);
  }
}
