/// Carries out what somebody wrote as a command (see commands.js). It asks the server; the page draws.

import { plain } from '../clients/js/src/errors.js';
import { say } from './say.js';
import { room_name_fault, user_name_fault } from './words.js';

/// `talk()` is the conversation, `go(room)` opens one, `opened(room)` one in which this person is now, `leave()` leaves the open
/// one, `help()` shows the commands.
export class commanding {
  constructor({ api, talk, go, opened, leave, help, now = Date.now }) {
    Object.assign(this, { api, talk, now });
    this.does = {
      join: (_, { room }) => this.#join(room, go),
      message: (_, meant) => this.#message(meant, opened),
      invite: (room, { user }) => this.#invite(room, user),
      act: (room, meant) => this.#act(room, meant),
      leave: () => leave(),
      help: () => help(),
    };
  }

  /// Resolves to why it can't be, or to an empty string.
  async run(room, meant) {
    const user = meant.user ?? meant.act?.user;
    const fault = user === undefined ? '' : user_name_fault(user);
    if (fault) return fault;
    try {
      return (await this.does[meant.does](room, meant)) ?? '';
    } catch (error) {
      return error.status === 404 && user ? say('no_one_called', { name: user }) : plain(error);
    }
  }

  #join(room, go) {
    const fault = room_name_fault(room);
    if (!fault) go(room);
    return fault;
  }

  async #message({ user, text }, opened) {
    const { room } = await this.api.open_direct([user]);
    opened(room);
    if (text) this.talk().say(this.talk().get(room), text);
  }

  async #invite(room, user) {
    await this.api.invite(room.name, user);
  }

  async #act(room, { act, seconds = 0 }) {
    const until = seconds ? { until: new Date(this.now() + seconds * 1000).toISOString() } : {};
    const { error, unchanged } = await this.talk().act(room, { ...act, ...until });
    if (error) return plain(error);
    return unchanged ? say('unchanged') : '';
  }
}
