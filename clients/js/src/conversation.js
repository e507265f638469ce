/// The conversation itself: rooms, what arrives, what is to be sent. It knows the dialect, and neither page nor network:
/// frames come in through `hear`, go out through `send`, and time comes from `now`.

import { pending_acts } from './acts.js';
import { chat_room, key_of } from './chat_room.js';
import { is_temporary, plain } from './errors.js';
import { page_fetcher } from './fetching.js';
import { join_queue, resume_point } from './joining.js';
import { mentions } from './mentions.js';
import { place_mark, put_back, read_all, read_elsewhere, take_mark } from './reading.js';
import { say } from './saying.js';
import { act_sentence, concerns, is_shown_in_message, is_words } from './sentences.js';
import { take_rooms } from './synced.js';
import { in_order } from './text.js';

const patience = 10000;
/// How often `sync` is asked again while there are rooms that aren't joined, in milliseconds.
const sync_again = 60000;
/// The server counts mentions somewhat behind the message.
const follower_lag = 2000;

/// `send(frame)` returns whether the frame went out; `following(room)` whether the reader is at that room's end;
/// `on_change(room)` when the page should be drawn again; `on_news(room, entry)` for what others say or do now;
/// `on_word(text)` for what the person should be told; `on_act(room, acts)` when entries came that aren't words;
/// `on_typing(room)` when others begin or end to type; `on_synced(rooms)` with each answer to `sync`; `on_stale(room)` when
/// the server may have something else to tell of a room than a join tells; `on_own(frame, room)` when this user was made a
/// member of a room, or taken out; `room` is null where they aren't in it here. `enters_own`: whether the rooms that this
/// user is a member of are entered by themselves. `on_draft({room, text})` when the server has another unfinished text.
/// `most_messages`: how many a room keeps here.
export class conversation {
  rooms = new Map();
  connected = false;
  /// Whether an answer to `sync` is under way.
  syncing = false;
  current = null;
  acts = new pending_acts();
  #joins = new join_queue();
  #pages;
  #synced_at = 0;
  /// When to ask what is unread, for an edit may have added a mention to a message that isn't here; 0: not at all.
  #recount = 0;

  constructor({
    me,
    send,
    outbox,
    marks,
    following = () => true,
    now = Date.now,
    on_change = () => {},
    on_news = () => {},
    on_word = () => {},
    on_act = () => {},
    on_typing = () => {},
    on_synced = () => {},
    on_stale = () => {},
    on_own = () => {},
    enters_own = true,
    on_draft = () => {},
    most_messages,
  }) {
    this.#pages = new page_fetcher(this, { patience, most: most_messages, fold: (room, entries) => this.#fold(room, entries) });
    Object.assign(this, { me, send, outbox, marks, following, now, on_change, on_news, on_word, on_act, on_stale });
    Object.assign(this, { on_typing, on_synced, on_own, enters_own, on_draft });
  }

  /// The rooms by name, in the order of the alphabet.
  listed() {
    return [...this.rooms.values()].sort((a, b) => in_order(a.name, b.name));
  }
  get(name) {
    return this.rooms.get(key_of(name));
  }

  /// Enters a room, and joins it as soon as there is a connection; `later`: when it is its turn. Entering a gone one tries
  /// anew. `access` and `owner`: as far as they are known; `synced`: what the server says of this person's part in it;
  /// `create`: whether a room that is missing is made, open to everyone, instead of being gone.
  enter(name, { access, owner, synced = null, later = false, create = false } = {}) {
    let room = this.get(name);
    if (!room || room.state === 'gone') {
      if (room) this.marks?.set(room.key, null);
      room = new chat_room(room?.name ?? name, this.me);
      Object.assign(room, { synced, creates: create });
      this.rooms.set(room.key, room);
      if (!later) this.#join(room);
    } else if (create) room.creates = true;
    room.face.guess({ access, owner });
    this.on_change(room);
    return room;
  }

  /// Leaves it: no frames of it come any more. The membership of a private room is not touched.
  leave(name) {
    const room = this.get(name);
    if (!room) return;
    if (this.connected && room.state !== 'gone') this.send({ type: 'leave', room: room.name });
    this.rooms.delete(room.key);
    if (this.current === room) this.current = null;
    this.on_change(room);
  }

  /// The room that the reader looks at, or null.
  open(room) {
    if (this.current && this.current !== room) {
      this.current.unread_from = 0;
      if (this.current.put_back) this.current.put_back.is_open = false;
      this.#tell_typing(this.current, this.current.signal.finish());
      this.current.log.trim(100, 'oldest');
    }
    this.current = room;
    if (!room) return;
    if (this.connected && room.state === 'away') this.#join(room);
    room.unread_from = room.unread ? room.read + 1 : 0;
    this.#pages.fetch(room);
  }

  /// The reader has seen all of the current room.
  seen(room) {
    if (room.log.detached || room.read === room.log.head || room.put_back?.is_open) return;
    read_all(room, this.marks);
    this.on_change(room);
  }

  /// The reader wants nothing more of what is unread there. A room that isn't joined yet is read as soon as it is.
  mark_read(room) {
    room.unread_from = 0;
    if (room.read === null) room.read_then = room.unread > 0;
    else read_all(room, this.marks);
    this.on_change(room);
  }

  /// The reader wants all from that message on to be unread again, once they leave the room.
  mark_unread(room, seq) {
    if (put_back(room, seq, this.marks)) this.on_change(room);
  }

  /// Puts a message into the outbox and sends it as soon as that can be. Shows the newest page. `target`: the seq of the
  /// message that it answers. Returns its entry in the outbox.
  say(room, text, { target } = {}) {
    const entry = this.outbox.add(room.key, text, this.now(), { target });
    room.signal.finish();
    room.unread_from = 0;
    if (room.log.detached) this.latest(room);
    this.#post();
    this.on_change(room);
    return entry;
  }

  /// Does something in a room: `what` has `kind` and that kind's fields. Returns the promise of acts.js.
  act(room, what) {
    const answer = this.acts.add(room.key, what, this.now());
    this.#post();
    return answer;
  }

  /// The same, with what the person should be told of it told. Returns whether it is so now.
  async carry_out(room, what) {
    const { error, unchanged } = await this.act(room, what);
    if (error) this.on_word(plain(error));
    else if (unchanged) this.on_word(say('unchanged'));
    return !error;
  }

  retry(room, id) {
    this.outbox.retry(room.key, id, this.now());
    this.#post();
    this.on_change(room);
  }

  discard(room, id) {
    this.outbox.discard(room.key, id);
    this.on_change(room);
  }

  typed(room, is_empty) {
    this.#tell_typing(room, room.signal.typed(is_empty, this.now()));
  }

  /// The reader wants more: `older`, `newer`, or a missing `{from, to}`.
  load(room, what) {
    this.#pages.load(room, what);
  }

  /// The reader wants the message with that seq and its neighbours.
  seek(room, seq) {
    this.#pages.seek(room, seq);
  }

  /// Back to the newest page.
  latest(room) {
    if (!room.log.detached) return;
    this.#pages.latest(room);
    this.on_change(room);
  }

  /// The websocket is open: everything is joined again, from where it was.
  connect() {
    this.connected = true;
    this.join_next();
    this.sync();
  }

  /// Asks what the server has of one's own rooms.
  sync() {
    this.#synced_at = this.now();
    if (this.connected) this.syncing = this.send({ type: 'sync' });
  }

  /// Joins the rooms whose turn it is.
  join_next() {
    if (!this.connected) return;
    const waits = (room) => this.outbox.of(room.key).length > 0;
    const due = this.#joins.take([...this.rooms.values()], { current: this.current, waits, now: this.now() });
    for (const room of due) this.#join(room);
  }

  disconnect() {
    this.connected = this.syncing = false;
    this.outbox.disconnected();
    this.acts.disconnected(this.now());
    for (const room of this.rooms.values()) {
      room.request = null;
      if (room.state !== 'gone') room.state = 'away';
    }
  }

  /// To be called each second: sends again what was not answered, and ends what is over.
  tick() {
    const now = this.now();
    this.acts.expire(now);
    if (this.#recount && now >= this.#recount) {
      this.#recount = 0;
      this.sync();
    }
    for (const room of this.rooms.values()) {
      this.#tell_typing(room, room.signal.pause(now));
      if (!this.connected) continue;
      if (room.state === 'joining' && now >= room.not_before && now - room.asked > patience) this.#join(room);
      this.#pages.expire(room);
      if (room.state === 'joined') {
        this.#pages.fetch(room);
        if (room.read > room.told && this.send({ type: 'read', room: room.name, seq: room.read }))
          room.told = room.read;
      }
    }
    this.join_next();
    if (now - this.#synced_at > sync_again && [...this.rooms.values()].some(({ state }) => state === 'away')) this.sync();
    this.#post();
  }

  hear(frame) {
    const room = frame.room ? this.get(frame.room) : null;
    switch (frame.type) {
      case 'heads':
        return this.#heads(frame.rooms ?? {});
      case 'error':
        return this.#error(room, frame);
      case 'synced':
        return take_rooms(this, frame);
      case 'pong':
        return undefined;
      case 'news':
        if (!room) this.sync();
        return undefined;
      case 'notify':
        if (room) {
          room.level = frame.level;
          this.on_change(room);
        }
        return undefined;
      case 'draft':
        return this.on_draft(frame);
      case 'added':
        // A room of one's own that isn't here yet.
        if (!room) this.sync();
        return this.on_own(frame, room);
      case 'removed':
      case 'notice':
        return this.on_own(frame, room);
      default:
        if (!room) return undefined;
    }
    switch (frame.type) {
      case 'joined':
        this.#joined(room, frame);
        break;
      case 'message':
        this.#message(room, frame);
        break;
      case 'history':
        this.#history(room, frame);
        break;
      case 'presence':
        room.presence.change(frame);
        break;
      case 'typing':
        if (frame.user === this.me) return undefined;
        room.typing.hear(frame.user, frame.state, this.now());
        return this.on_typing(room);
      case 'read':
        // Of others nothing is shown.
        if (frame.user !== this.me || !read_elsewhere(room, frame.seq, this.marks)) return undefined;
        break;
      case 'gap':
        room.log.miss(frame.from, frame.to);
        this.#pages.fetch(room);
        break;
      case 'erased':
        room.log.disown(frame);
        room.typing.stop(frame.user);
        this.on_stale(room);
        break;
      case 'unchanged':
        this.acts.answered(frame.id, { unchanged: true });
        break;
      case 'gone':
        this.#gone(room, frame);
        break;
      default:
        return undefined;
    }
    this.on_change(room);
    return undefined;
  }

  #join(room) {
    room.state = this.connected ? 'joining' : 'away';
    if (!this.connected || this.now() < room.not_before) return;
    room.asked = this.now();
    this.send({ type: 'join', room: room.name, ...resume_point(room, this.marks) });
  }

  #joined(room, frame) {
    room.name = frame.room;
    room.state = 'joined';
    room.presence.reset(frame.members);
    const how = room.log.open(frame);
    room.face.joined(frame, { anew: how === 'anew', whole: frame.recovered });
    if (how === 'anew') this.on_word(say('begun_anew', { room: room.name }));
    if (how === 'first' || how === 'anew') {
      place_mark(room, { anew: how === 'anew' }, this.marks);
      this.go_on_from(room);
    }
    if (frame.role && !room.synced && !this.syncing) this.sync();
    this.#pages.fetch(room);
    this.#post();
    this.on_stale(room);
  }

  /// Takes the server's mark, where it has one.
  go_on_from(room) {
    take_mark(room, this.marks);
    if (room === this.current) room.unread_from = room.unread ? room.read + 1 : 0;
  }

  #message(room, { type, room: _, duplicate, ...entry }) {
    const { seq, from, id } = entry;
    const mine = id !== undefined && this.outbox.acknowledged(room.key, id, entry);
    if (id !== undefined) this.acts.answered(id, { entry });
    if (entry.kind === 'edit' && !room.log.find(entry.target) && mentions(entry, room.face)) this.#recount = this.now() + follower_lag;
    const is_new = room.log.add_live(entry);
    this.#fold(room, [entry]);
    room.typing.stop(from);
    if (from === this.me && room.read !== null && seq === room.read + 1) room.read = seq;
    if (is_new && from !== this.me) {
      if (!room.unread_from && room === this.current && !this.following(room)) room.unread_from = seq;
      this.on_news(room, entry);
      if (concerns(entry, this.me)) this.on_word(`${room.name}: ${act_sentence(entry, this.me)}`);
    }
    this.#pages.trim(room);
    this.#pages.fetch(room);
    if (mine) this.#post();
  }

  #history(room, frame) {
    for (const entry of frame.messages ?? []) {
      if (entry.id === undefined) continue;
      this.outbox.acknowledged(room.key, entry.id, entry);
      this.acts.answered(entry.id, { entry });
    }
    this.#pages.take(room, frame);
  }

  #fold(room, entries) {
    for (const entry of entries) room.face.fold(entry);
    const acts = entries.filter((entry) => !is_words(entry) && !is_shown_in_message(entry));
    if (acts.length) this.on_act(room, acts);
  }

  #heads(heads) {
    for (const [name, seq] of Object.entries(heads)) {
      const room = this.get(name);
      if (!room || seq <= room.log.head) continue;
      room.log.note_head(seq);
      this.#pages.fetch(room);
      this.on_change(room);
    }
  }

  /// `why` has the reason, and of a ban or a removal `by`, `why`, `until`.
  #gone(room, why) {
    if (is_temporary({ code: why.reason, retry_after: 0 })) return this.#join_later(room, 1);
    room.be_gone(why, this.now());
    return this.outbox.fail_room(room.key, room.gone, room.gone_why);
  }

  #join_later(room, seconds) {
    room.wait_to_join(this.now() + seconds * 1000, patience);
  }

  #error(room, error) {
    const wait = Math.max(1, error.retry_after ?? 0);
    if (error.id !== undefined) this.#refused(room, error, wait);
    else if (error.room !== undefined && !room) return;
    else if (!room) {
      if (is_temporary(error)) this.#slow_down(wait);
      else this.on_word(plain(error));
    } else if (room.state === 'joining') {
      if (is_temporary(error)) this.#join_later(room, wait);
      else this.#gone(room, { ...error, reason: error.code });
    } else if (error.code === 'not_joined') {
      if (room.state === 'joined') this.#join(room);
    } else if (room.request) this.#pages.again_in(room, wait * 1000);
    else if (!is_temporary(error)) this.on_word(plain(error));
    if (room) this.on_change(room);
  }

  /// Refused unread, so that the server cannot say which: whatever has no answer yet waits, and goes out again.
  #slow_down(wait) {
    for (const [key] of this.outbox.in_flight()) this.outbox.hold(key, this.now() + wait * 1000);
    for (const room of this.rooms.values()) {
      if (room.state === 'joining') this.#join_later(room, wait);
      this.#pages.again_in(room, wait * 1000);
    }
  }

  #refused(room, error, wait) {
    room?.face.refused(error, room.log.head);
    if (this.acts.refused(error, wait, this.now())) {
      if (error.code === 'not_joined' && room?.state === 'joined') this.#join(room);
      return;
    }
    if (error.code === 'read_only' && room) this.on_stale(room);
    const [key] = this.outbox.in_flight().find(([, id]) => id === error.id) ?? [room?.key];
    if (key === undefined) return;
    const at = this.rooms.get(key);
    if (error.code === 'not_joined' && at) {
      this.outbox.hold(key, this.now() + 1000);
      if (at.state === 'joined') this.#join(at);
    } else if (is_temporary(error)) this.outbox.hold(key, this.now() + wait * 1000);
    else this.outbox.failed(key, error.id, plain({ post: at?.face.post, ...error }, new Date(this.now())), error);
    if (at) this.on_change(at);
    this.#post();
  }

  #post() {
    if (!this.connected) return;
    const joined = [...this.rooms.values()].filter((room) => room.state === 'joined').map((room) => room.key);
    for (const { room, id, text, target } of this.outbox.take(joined, this.now(), patience)) {
      this.send({ type: 'send', room: this.rooms.get(room).name, id, text, ...(target ? { target } : {}) });
    }
    for (const { room, id, act } of this.acts.take(joined, this.now())) {
      this.send({ type: 'act', room: this.rooms.get(room).name, id, ...act });
    }
  }

  #tell_typing(room, state) {
    if (state && this.connected && room.state === 'joined') this.send({ type: 'typing', room: room.name, state });
  }
}
