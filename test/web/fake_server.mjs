/// Rooms in memory, speaking `greenroom.v1.json` to any number of conversations; it can lose, cut and refuse.

import { conversation } from '../../clients/js/src/conversation.js';
import { message_outbox } from '../../clients/js/src/outbox.js';
import { each_under } from '../../clients/js/src/store.js';

/// Numbers from 0 to 1 that are the same for the same seed.
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function memory_storage() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
    key: (place) => [...values.keys()][place] ?? null,
    get length() {
      return values.size;
    },
  };
}

/// The entry as a page has it for this reader: what holds of it by now.
export function as_in_page({ log }, entry, reader) {
  if (![undefined, 'notice', 'action'].includes(entry.kind)) return entry;
  const about = log.filter(({ target }) => target === entry.seq);
  const edit = about.findLast(({ kind }) => kind === 'edit');
  const given = new Map();
  for (const { kind, from, text } of about) {
    const people = given.get(text) ?? given.set(text, new Set()).get(text);
    if (kind === 'react') people.add(from);
    if (kind === 'unreact') people.delete(from);
  }
  const reactions = [...given]
    .filter(([, people]) => people.size)
    .map(([text, people]) => ({ text, count: people.size, mine: people.has(reader) }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.text), Buffer.from(b.text)));
  return {
    ...entry,
    ...(edit ? { text: edit.text, edited: { seq: edit.seq, at: edit.at } } : {}),
    ...(reactions.length ? { reactions } : {}),
    ...(about.findLast(({ kind }) => kind === 'pin' || kind === 'unpin')?.kind === 'pin' ? { pinned: true } : {}),
  };
}

export class fake_server {
  now = 1_700_000_000_000;
  clients = [];
  rooms = new Map();
  /// Decides whether a message frame is lost on its way, and how a send is refused (null: not).
  loses = () => false;
  refuses = () => null;
  missed_at_most = 500;
  synced_at_most = 500;
  /// Names of rooms that aren't there: going on in one makes none.
  missing = new Set();
  /// Which acts would change nothing.
  unchanged = () => false;

  room(name) {
    const key = name.toLowerCase();
    if (!this.rooms.has(key))
      this.rooms.set(key, { name, generation: `00000000000000${this.rooms.size + 10}`, log: [] });
    return this.rooms.get(key);
  }

  /// `more` are an act's fields. An erase takes effect on the log, as it does in the database.
  post(room, from, text, id, more = {}) {
    const entry = { seq: room.log.length + 1, from, text, at: new Date(this.now).toISOString(), id, ...more };
    room.log.push(entry);
    if (more.kind === 'erase') {
      const goes = ({ seq, kind, target }) => seq === more.target || (kind === 'edit' && target === more.target);
      for (const { seq, from: author, at, id: first } of room.log.filter(goes))
        room.log[seq - 1] = { seq, from: author, text: '(removed)', at, id: first, kind: 'erased', target: entry.seq };
    }
    for (const client of this.clients) {
      if (client.joined.has(room) && !this.loses()) client.tell(this.#message(room, entry, client.me));
    }
    return entry;
  }

  heads() {
    for (const client of this.clients) {
      client.tell({
        type: 'heads',
        rooms: Object.fromEntries([...client.joined].map((room) => [room.name, room.log.length])),
      });
    }
  }

  gap(room, from, to) {
    for (const client of this.clients)
      if (client.joined.has(room)) client.tell({ type: 'gap', room: room.name, from, to });
  }

  #message(room, entry, reader) {
    const { id, ...rest } = entry;
    return { type: 'message', room: room.name, ...rest, ...(entry.from === reader && id ? { id } : {}) };
  }

  hear(client, frame) {
    const room = frame.room ? this.room(frame.room) : null;
    if (frame.type === 'join') return this.#join(client, room, frame);
    if (frame.type === 'leave') return client.joined.delete(room);
    if (frame.type === 'history') return this.#history(client, room, frame);
    if (frame.type === 'sync') return this.#sync(client, frame);
    if (frame.type === 'read') return this.#read(client, room, frame.seq);
    if (frame.type !== 'send' && frame.type !== 'act') return undefined;
    if (!client.joined.has(room))
      return client.tell({ type: 'error', code: 'not_joined', room: room.name, id: frame.id });
    const refused = this.refuses(frame);
    if (refused) return client.tell({ type: 'error', room: room.name, id: frame.id, ...refused });
    const first = room.log.find((entry) => entry.from === client.me && entry.id === frame.id);
    if (first) return client.tell({ ...this.#message(room, first, client.me), duplicate: true });
    const answers = frame.target ? { target: frame.target } : {};
    if (frame.type === 'send') return this.post(room, client.me, frame.text, frame.id, answers);
    if (this.unchanged(frame)) return client.tell({ type: 'unchanged', room: room.name, id: frame.id });
    const { type, room: _, id, ...act } = frame;
    if (act.kind === 'erase' && room.log[act.target - 1].kind === 'erased')
      return client.tell({ type: 'error', code: 'gone', room: room.name, id });
    return this.post(room, client.me, `did ${act.kind}`, id, act);
  }

  /// Members are those of whom the room has a mark: `room.marks = {Me: 3}`.
  #sync(client, { after = '' }) {
    const mine = [...this.rooms.values()]
      .filter(({ name, marks }) => marks?.[client.me] !== undefined && name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = mine.slice(0, this.synced_at_most).map(({ name, generation, log, marks, mentions, notify = 'mentions' }) => {
      const read = marks[client.me];
      const unread = log.slice(read).filter(({ kind = 'text' }) => kind === 'text' || kind === 'erased').length;
      const figures = { head: log.length, unread, read, ...(mentions === undefined ? {} : { mentions }) };
      return { room: name, access: 'open', generation, ...figures, role: 'member', notify };
    });
    client.tell({ type: 'synced', rooms: page, more: mine.length > page.length });
  }

  #read(client, room, seq) {
    if (room.marks?.[client.me] !== undefined) room.marks[client.me] = Math.max(room.marks[client.me], seq);
    for (const other of this.clients)
      if (other.joined.has(room)) other.tell({ type: 'read', room: room.name, user: client.me, seq });
  }

  #join(client, room, { after, generation }) {
    const known = after !== undefined;
    if (known && this.missing.has(room.name)) return client.tell({ type: 'gone', room: room.name, reason: 'gone' });
    this.missing.delete(room.name);
    const missed = known ? room.log.slice(after) : [];
    const recovered = !known || (generation === room.generation && missed.length <= this.missed_at_most);
    client.joined.add(room);
    client.tell({
      type: 'joined',
      room: room.name,
      generation: room.generation,
      head: room.log.length,
      recovered,
      members: { count: 1, first: [client.me] },
      ...(room.face ? { access: 'open', owner: 'Ann', role: room.face[client.me], ...room.face } : {}),
    });
    if (recovered) for (const entry of missed) client.tell(this.#message(room, entry, client.me));
  }

  #history(client, room, { before, after, limit = 50 }) {
    const page =
      before !== undefined
        ? room.log.slice(Math.max(0, before - 1 - limit), before - 1)
        : room.log.slice(after, after + limit);
    client.tell({
      type: 'history',
      room: room.name,
      more: page.length === limit,
      as_of: room.log.length,
      generation: room.generation,
      messages: page.map((entry) => {
        const { type, room: _, ...rest } = this.#message(room, as_in_page(room, entry, client.me), client.me);
        return rest;
      }),
    });
  }
}

/// One person: a conversation on a connection that can be cut. Frames wait in `inbox` until `settle`.
export class fake_client {
  joined = new Set();
  inbox = [];
  outgoing = [];
  words = [];
  stale = 0;
  acted = [];
  news = [];
  open = false;
  following = true;

  constructor(server, me, storage = memory_storage(), marks = new Map()) {
    Object.assign(this, { server, me, marks });
    server.clients.push(this);
    this.outbox = new message_outbox(each_under(storage, 'message.'));
    this.talk = new conversation({
      me,
      outbox: this.outbox,
      now: () => server.now,
      following: () => this.following,
      marks: { get: (key) => marks.get(key) ?? null, set: (key, mark) => marks.set(key, mark) },
      on_word: (text) => this.words.push(text),
      on_stale: () => (this.stale += 1),
      on_act: (_, acts) => this.acted.push(...acts.map(({ seq }) => seq)),
      on_news: (_, message) => this.news.push(message.seq),
      send: (frame) => {
        if (this.open) this.outgoing.push(frame);
        return this.open;
      },
    });
  }

  connect() {
    if (this.open) return;
    this.open = true;
    this.talk.connect();
  }

  /// What was under way in either direction is lost; what the server had heard, it did.
  cut({ heard = this.outgoing.length } = {}) {
    if (!this.open) return;
    for (const frame of this.outgoing.splice(0).slice(0, heard)) this.server.hear(this, frame);
    this.inbox = [];
    this.joined.clear();
    this.open = false;
    this.talk.disconnect();
  }

  tell(frame) {
    if (this.open) this.inbox.push(JSON.parse(JSON.stringify(frame)));
  }

  /// Carries frames to and fro until there are none.
  settle() {
    while (this.outgoing.length || this.inbox.length) {
      if (this.outgoing.length) this.server.hear(this, this.outgoing.shift());
      else this.talk.hear(this.inbox.shift());
    }
  }
}
