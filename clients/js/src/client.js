/// What `connect` gives to a program: one user's rooms, on a connection that comes back by itself.

import { key_of } from './chat_room.js';
import { refusal } from './errors.js';
import { events } from './events.js';
import { joined_room } from './joined_room.js';
import { say } from './saying.js';
import { chat_session } from './session.js';
import { each_under } from './store.js';

/// Events: `state ({name, words?, until?})` of the connection; `added ({room, by})`, `removed ({room, by, text?})`, `notice
/// ({text, …})` about this user; `synced ()` when `own` may be another list; `refused ({room, text, error})`, a message
/// of an earlier run that will not be sent.
export class chat_client extends events {
  #joined = new Map();
  /// The rooms that this user is a member of, by key, as `sync` told them.
  #own = new Map();
  #marks = new Map();

  constructor({ me, url, api, storage, web_socket }) {
    super();
    Object.assign(this, { me, api });
    this.session = new chat_session({
      me,
      api,
      url,
      web_socket,
      store: each_under(storage, `greenroom.message.${me.toLowerCase()}.`),
      marks: { get: (key) => this.#marks.get(key) ?? null, set: (key, mark) => this.#marks.set(key, mark) },
      enters_own: false,
      on_change: (room) => this.#joined.get(room.key)?.changed(),
      on_typing: (room) => this.#joined.get(room.key)?.typed(),
      on_own: (frame) => this.emit(frame.type, frame),
      on_state: (state) => this.#became(state),
      on_tick: () => this.#tick(),
      on_synced: (rooms) => this.#synced(rooms),
    });
    this.#hear_of_old_ones();
    this.session.start();
  }

  /// The state of the connection: `stopped`, `connecting`, `open` or `waiting`.
  get state() {
    return this.session.socket.state.name;
  }

  /// The rooms that were joined here.
  get rooms() {
    return [...this.#joined.values()];
  }

  /// The rooms that this user is a member of, on whatever device: `{room, access, role, head, read, unread, mentions, …}`.
  get own() {
    return [...this.#own.values()];
  }

  /// Messages that the server has not acknowledged: `{room, text, id, state}`.
  get unsent() {
    return [...this.session.outbox.rooms()].flatMap((room) => this.session.outbox.of(room));
  }

  /// Enters a room. Resolves once it is joined; rejects with a refusal. `create`: whether a missing room is made, open to
  /// everyone. `from`: the `position` of an earlier run, whose next entry is the first to come; without it, only what is
  /// new comes.
  join(name, { create = false, from } = {}) {
    const { talk } = this.session;
    const key = key_of(name);
    if (!this.#joined.has(key)) {
      if (from?.generation && !talk.get(name)) this.#marks.set(key, from);
      const room = talk.enter(name, { create });
      this.#joined.set(key, new joined_room(this, room, from));
      talk.on_change(room);
    }
    return this.#joined.get(key).joined();
  }

  /// The direct room with one person, or a new group with several, joined.
  async direct(...people) {
    const { room } = await this.api.open_direct(people);
    return this.join(room);
  }

  /// Ends the connection. What isn't acknowledged stays in the storage, and goes out at the next `connect`.
  close() {
    this.session.stop();
    this.#end(new refusal({ code: 'stopped', detail: say('closed') }));
  }

  /// For its rooms: that one isn't needed any more.
  forget(room) {
    this.#joined.delete(room.key);
    this.session.talk.leave(room.name);
  }

  #became(state) {
    this.emit('state', state);
    if (state.name === 'stopped') this.#end(new refusal({ code: 'stopped', detail: state.words ?? say('closed') }));
  }

  #end(error) {
    this.session.outbox.stopped({ code: error.code, detail: error.detail });
    for (const room of this.rooms) room.end(error);
  }

  #tick() {
    for (const room of this.rooms) room.tick();
  }

  #synced(rooms) {
    for (const room of rooms) this.#own.set(key_of(room.room), room);
    this.emit('synced');
  }

  #hear_of_old_ones() {
    const { outbox } = this.session;
    for (const { room, id, text, state } of this.unsent) {
      if (state === 'failed') outbox.discard(room, id);
      else this.#hear_of(room, id, text);
    }
  }

  async #hear_of(room, id, text) {
    const { outbox } = this.session;
    const { error } = await outbox.settled(id);
    if (!error || error.code === 'stopped') return;
    outbox.discard(room, id);
    this.emit('refused', { room, text, error: new refusal(error) });
  }
}
