/// One person's connection, with the conversation on it and what waits to be sent: the part that a page and a program have
/// in common.

import { conversation } from './conversation.js';
import { plain } from './errors.js';
import { message_outbox } from './outbox.js';
import { chat_socket } from './socket.js';

export class chat_session {
  #timer = 0;

  /// `url` is that of the websocket; `api` mints tickets; `store` keeps what isn't sent yet (see outbox.js); `web_socket` is
  /// the constructor. `on_state(state)` is called with each state of the socket (see socket.js), `on_tick` each second.
  /// What else is given goes to the conversation.
  constructor({ me, url, api, store, web_socket, on_state = () => {}, on_tick = () => {}, ...talk }) {
    Object.assign(this, { me, on_state, on_tick });
    this.outbox = new message_outbox(store);
    this.socket = new chat_socket({
      url,
      web_socket,
      ticket: () => api.ticket(),
      on_state: (state) => this.#become(state),
      on_frame: (frame) => this.talk.hear(frame),
    });
    this.talk = new conversation({ ...talk, me, outbox: this.outbox, send: (frame) => this.socket.send(frame) });
  }

  /// What was written before, and not sent, goes out as soon as that can be.
  start() {
    for (const name of this.outbox.rooms()) this.talk.enter(name);
    this.#timer = setInterval(() => this.tick(), 1000);
    this.socket.start();
  }

  stop() {
    clearInterval(this.#timer);
    this.socket.stop();
  }

  tick() {
    this.socket.tend();
    this.talk.tick();
    this.on_tick();
  }

  #become(state) {
    if (state.name === 'open') this.talk.connect();
    else if (this.talk.connected) {
      const error = { code: 'too_big' };
      if (state.too_big) for (const [room, id] of this.outbox.in_flight()) this.outbox.failed(room, id, plain(error), error);
      this.talk.disconnect();
    }
    this.on_state(state);
  }
}
