/// The conversation itself: rooms, what arrives, what is to be sent. It knows the dialect, and neither page nor network:
/// frames come in through `hear`, go out through `send`, and time comes from `now`.

import { pending_acts } from './acts.js';
import { composing } from './composing.js';
import { nature_of } from './direct.js';
import { room_face } from './face.js';
import { page_size, room_log, room_presence, room_typing, typing_signal } from './room.js';
import { act_sentence, concerns, is_shown_in_message, is_words } from './sentences.js';
import { mark_of, take_rooms, unread_of } from './synced.js';
import { is_temporary, plain, plain_gone } from './words.js';

/// Messages that one room keeps, and so the most that the page ever holds.
export const most_messages = 400;
const patience = 10000;

export function key_of(name) {
  return name.toLowerCase();
}

/// A room of this user. `state` is `away` (not connected), `joining`, `joined` or `gone` (then `gone` says why).
class chat_room {
  presence = new room_presence();
  typing = new room_typing();
  signal = new typing_signal();
  composing = new composing();
  state = 'away';
  gone = '';
  gone_reason = '';
  /// The last seq read, where the unread line goes (0: nowhere), and the last that the server was told.
  read = null;
  unread_from = 0;
  told = 0;
  /// Whether `read` is only where the room was when it was entered; and what the server said of one's own part in it.
  guessed = true;
  synced = null;
  /// The history request under way, with `sent`; and the one that the reader asked for.
  request = null;
  wanted = null;
  not_before = 0;
  asked = 0;

  constructor(name, me) {
    this.name = name;
    this.key = key_of(name);
    this.log = new room_log(me);
    this.face = new room_face(me, nature_of(name));
  }

  get is_private() {
    return !this.face.is_open;
  }

  get unread() {
    return unread_of(this);
  }
}

/// `send(frame)` returns whether the frame went out; `following(room)` whether the reader is at that room's end;
/// `on_change(room)` when the page should be drawn again; `on_news(room, entry)` for what others say or do now;
/// `on_word(text)` for what the person should be told; `on_act(room, acts)` when entries came that aren't words;
/// `on_stale(room)` when the server may have something else to tell of a room than a join tells; `on_own(frame, room)` when
/// this user was made a member of a room, or taken out; `room` is null where they aren't in it here.
export class conversation {
  rooms = new Map();
  connected = false;
  current = null;
  acts = new pending_acts();

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
    on_stale = () => {},
    on_own = () => {},
  }) {
    Object.assign(this, { me, send, outbox, marks, following, now, on_change, on_news, on_word, on_act, on_stale });
    this.on_own = on_own;
  }

  /// The rooms by name, in the order of the alphabet.
  listed() {
    return [...this.rooms.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
  get(name) {
    return this.rooms.get(key_of(name));
  }

  /// Enters a room, and joins it as soon as there is a connection. Entering a gone one tries anew. `access` and `owner`:
  /// as far as they are known; `synced`: what the server says of this person's part in it.
  enter(name, { access, owner, synced = null } = {}) {
    let room = this.get(name);
    if (!room || room.state === 'gone') {
      if (room) this.marks?.set(room.key, null);
      room = new chat_room(room?.name ?? name, this.me);
      room.synced = synced;
      this.rooms.set(room.key, room);
      this.#join(room);
    }
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
      this.#tell_typing(this.current, this.current.signal.finish());
      this.current.log.trim(100, 'oldest');
    }
    this.current = room;
    if (!room) return;
    room.unread_from = room.unread ? room.read + 1 : 0;
    this.#fetch(room);
  }

  /// The reader has seen all of the current room.
  seen(room) {
    if (room.log.detached || room.read === room.log.head) return;
    room.read = Math.max(room.read ?? 0, room.log.head);
    this.marks?.set(room.key, { generation: room.log.generation, seq: room.read });
    this.on_change(room);
  }

  /// Puts a message into the outbox and sends it as soon as that can be. Shows the newest page. `target`: the seq of the
  /// message that it answers.
  say(room, text, { target } = {}) {
    this.outbox.add(room.key, text, this.now(), { target });
    room.signal.finish();
    room.unread_from = 0;
    if (room.log.detached) this.latest(room);
    this.#post();
    this.on_change(room);
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
    else if (unchanged) this.on_word('It is so already: nothing changed.');
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

  /// The reader wants more: `older`, `newer`, a missing `{from, to}`, or what is `{around}` a seq.
  load(room, what) {
    if (room.request || room.wanted) return;
    if (what === 'older') room.wanted = room.log.plan_older();
    else if (what === 'newer') room.wanted = room.log.plan_newer();
    else if (what.around) room.wanted = { before: what.around + page_size / 2, limit: page_size, around: true };
    else room.wanted = { before: what.to + 1, limit: Math.min(100, what.to - what.from + 1) };
    if (room.wanted) this.#fetch(room);
  }

  /// Back to the newest page.
  latest(room) {
    if (!room.log.detached) return;
    room.log.clear();
    room.wanted = null;
    this.#fetch(room);
    this.on_change(room);
  }

  /// The websocket is open: everything is joined again, from where it was.
  connect() {
    this.connected = true;
    for (const room of this.rooms.values()) if (room.state !== 'gone') this.#join(room);
    this.send({ type: 'sync' });
  }

  disconnect() {
    this.connected = false;
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
    for (const room of this.rooms.values()) {
      this.#tell_typing(room, room.signal.pause(now));
      if (!this.connected) continue;
      if (room.state === 'joining' && now >= room.not_before && now - room.asked > patience) this.#join(room);
      if (room.request && now - room.request.sent > patience) room.request = null;
      if (room.state === 'joined') {
        this.#fetch(room);
        if (room.read > room.told && this.send({ type: 'read', room: room.name, seq: room.read }))
          room.told = room.read;
      }
    }
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
        if (!room) this.send({ type: 'sync' });
        return undefined;
      case 'added':
      case 'removed':
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
        if (frame.user !== this.me) room.typing.hear(frame.user, frame.state, this.now());
        break;
      case 'read':
        if (frame.user === this.me) this.#read_elsewhere(room, frame.seq);
        break;
      case 'gap':
        room.log.miss(frame.from, frame.to);
        this.#fetch(room);
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
    this.send({ type: 'join', room: room.name, ...this.#resume_point(room) });
  }

  /// After a reload the stored mark is where to go on. It also keeps the join from creating a room that was deleted.
  #resume_point(room) {
    if (room.log.generation !== null) return room.log.resume_point();
    if (room.synced) return { after: room.synced.head, generation: room.synced.generation };
    const mark = this.marks?.get(room.key);
    return mark ? { after: mark.seq, generation: mark.generation } : {};
  }

  #joined(room, frame) {
    room.name = frame.room;
    room.state = 'joined';
    room.presence.reset(frame.members);
    const how = room.log.open(frame);
    room.face.joined(frame, { anew: how === 'anew', whole: frame.recovered });
    if (how === 'anew') this.on_word(`${room.name} was begun anew. What was said before is gone.`);
    if (how === 'first' || how === 'anew') this.#place_mark(room, how);
    this.#fetch(room);
    this.#post();
    this.on_stale(room);
  }

  /// Where reading goes on: at the stored mark of this very log, else at its head.
  #place_mark(room, how) {
    const mark = this.marks?.get(room.key);
    const known = mark && mark.generation === room.log.generation && how !== 'anew';
    room.read = known ? Math.min(mark.seq, room.log.head) : room.log.head;
    room.told = room.read;
    room.guessed = !known;
    this.go_on_from(room);
  }

  /// Takes the server's mark, where it has one.
  go_on_from(room) {
    const mark = mark_of(room);
    if (mark) Object.assign(room, mark, { guessed: false });
    if (room === this.current) room.unread_from = room.unread ? room.read + 1 : 0;
    if (room.read !== null) this.marks?.set(room.key, { generation: room.log.generation, seq: room.read });
  }

  #message(room, { type, room: _, duplicate, ...entry }) {
    const { seq, from, id } = entry;
    const mine = id !== undefined && this.outbox.acknowledged(room.key, id);
    if (id !== undefined) this.acts.answered(id, { entry });
    const is_new = room.log.add_live(entry);
    this.#fold(room, [entry]);
    room.typing.stop(from);
    if (from === this.me && room.read !== null && seq === room.read + 1) room.read = seq;
    if (is_new && from !== this.me) {
      if (!room.unread_from && room === this.current && !this.following(room)) room.unread_from = seq;
      this.on_news(room, entry);
      if (concerns(entry, this.me)) this.on_word(`${room.name}: ${act_sentence(entry, this.me)}`);
    }
    this.#trim(room);
    this.#fetch(room);
    if (mine) this.#post();
  }

  #history(room, { messages = [], as_of = 0 }) {
    const request = room.request ?? {};
    room.request = null;
    for (const entry of messages) {
      if (entry.id === undefined) continue;
      this.outbox.acknowledged(room.key, entry.id);
      this.acts.answered(entry.id, { entry });
    }
    room.log.add_page(messages, request, Math.max(as_of, request.head ?? 0));
    this.#fold(room, messages);
    for (const entry of room.log.whole_tail()) room.face.hear_mute(entry);
    const upward = request.around || (request.before !== undefined && request.before === request.oldest);
    this.#trim(room, upward ? 'newest' : undefined);
    this.#fetch(room);
  }

  #fold(room, entries) {
    for (const entry of entries) room.face.fold(entry);
    const acts = entries.filter((entry) => !is_words(entry) && !is_shown_in_message(entry));
    if (acts.length) this.on_act(room, acts);
  }

  #trim(room, drop) {
    const end = drop ?? (room !== this.current || this.following(room) ? 'oldest' : 'newest');
    room.log.trim(most_messages, end);
  }

  #heads(heads) {
    for (const [name, seq] of Object.entries(heads)) {
      const room = this.get(name);
      if (!room || seq <= room.log.head) continue;
      room.log.note_head(seq);
      this.#fetch(room);
      this.on_change(room);
    }
  }

  #read_elsewhere(room, seq) {
    if (room.read === null || seq <= room.read) return;
    room.read = room.told = Math.min(seq, room.log.head);
    this.marks?.set(room.key, { generation: room.log.generation, seq: room.read });
  }

  /// `why` has the reason, and of a ban or a removal `by`, `why`, `until`.
  #gone(room, why) {
    if (is_temporary({ code: why.reason, retry_after: 0 })) {
      this.#join_later(room, 1);
      return;
    }
    room.state = 'gone';
    room.gone_reason = why.reason;
    room.gone = plain_gone(why, new Date(this.now()));
    room.presence.reset();
    room.request = null;
    this.outbox.fail_room(room.key, room.gone);
  }

  #join_later(room, seconds) {
    room.state = 'joining';
    room.not_before = this.now() + seconds * 1000;
    room.asked = room.not_before - patience;
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
    } else if (room.request) {
      // Asked again by tick, once the request's time is over.
      room.request.sent = this.now() - patience + wait * 1000;
    } else if (!is_temporary(error)) this.on_word(plain(error));
    if (room) this.on_change(room);
  }

  /// Refused unread, so that the server cannot say which: whatever has no answer yet waits, and goes out again.
  #slow_down(wait) {
    for (const [key] of this.outbox.in_flight()) this.outbox.hold(key, this.now() + wait * 1000);
    for (const room of this.rooms.values()) {
      if (room.state === 'joining') this.#join_later(room, wait);
      if (room.request) room.request.sent = this.now() - patience + wait * 1000;
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
    else this.outbox.failed(key, error.id, plain({ post: at?.face.post, ...error }, new Date(this.now())));
    if (at) this.on_change(at);
    this.#post();
  }

  /// Asks for what is missing or in doubt, one request a room at a time. A room that nobody looked at yet is not
  /// fetched, and texts in doubt in one that nobody looks at are dropped.
  #fetch(room) {
    const { log } = room;
    if (!this.connected || room.state !== 'joined' || room.request) return;
    if (room !== this.current && log.plan_again()) log.clear();
    const looked_at = room === this.current || log.entries.length > 0;
    const wanted = room.wanted ?? (looked_at ? (log.plan() ?? log.plan_again()) : null);
    room.wanted = null;
    if (!wanted) return;
    const { again, around, ...page } = wanted;
    if (this.send({ type: 'history', room: room.name, ...page })) {
      room.request = { ...wanted, oldest: log.oldest, head: log.head, sent: this.now() };
    }
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
