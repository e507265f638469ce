/// Making rooms, leaving and deleting them. It asks the person and the server; the page draws.

import { nature_of, shown_name } from '../clients/js/src/direct.js';
import { plain } from '../clients/js/src/errors.js';
import { say } from './say.js';
import { room_name_fault, user_name_fault } from './words.js';

const most_waits = 30;

/// `made(room, access)` is called with a room that is there now, `forget(room)` with one that this user is out of.
/// `unsent(room)` is how many messages wait to be sent there, `wait()` resolves a tenth of a second later.
export class own_rooms {
  constructor({ api, view, made, forget, unsent = () => 0, wait = () => new Promise((resolve) => setTimeout(resolve, 100)) }) {
    Object.assign(this, { api, view, made, forget, unsent, wait });
  }

  /// Returns whether it was made; else the page says why not.
  async create({ name, is_private, members }) {
    const wrong = members.find((each) => user_name_fault(each));
    const fault = room_name_fault(name) || (wrong && say('no_such_name', { name: wrong }));
    if (fault) {
      this.view.new_room_fault(fault);
      return false;
    }
    try {
      const { room } = await this.api.create_room(name, { is_private, members });
      this.made(room, is_private ? 'private' : 'open');
      return true;
    } catch (error) {
      const exists = error.status === 404 && error.code !== 'no_user';
      this.view.new_room_fault(exists ? say('private_exists') : plain(error));
      return false;
    }
  }

  /// What was just written goes out first; what can't is asked about.
  async leave(room) {
    for (let i = 0; i < most_waits && room.state === 'joined' && this.unsent(room); i += 1) await this.wait();
    const lost = this.unsent(room);
    const words = say('leave_unsent', { n: lost });
    const title = say('leave_ask', { room: shown_name(room.name, room.face.me) });
    if (lost && !(await this.view.ask({ title, yes: say('leave'), danger: true, words }))) return;
    await this.#leave(room);
  }

  async #leave(room) {
    if (nature_of(room.name) === 'direct') {
      this.forget(room);
      return;
    }
    const belongs = room.is_private || ['member', 'moderator'].includes(room.face.role);
    if (belongs && room.state !== 'gone') {
      const words = say(room.is_private ? 'leave_private' : 'leave_membership');
      if (!(await this.view.ask({ title: say('leave_ask', { room: shown_name(room.name, room.face.me) }), yes: say('leave'), danger: true, words }))) return;
      if (!(await this.#done(this.api.remove(room.name, room.face.me)))) return;
    }
    this.forget(room);
  }

  async delete(room) {
    const words = say('delete_room_words');
    if (!(await this.view.ask({ title: say('delete_ask', { room: room.name }), yes: say('delete'), danger: true, words }))) return;
    if (await this.#done(this.api.delete_room(room.name))) this.forget(room);
  }

  /// Waits for an API call; says what went wrong.
  async #done(call) {
    try {
      await call;
      return true;
    } catch (error) {
      this.view.toast(plain(error));
      return false;
    }
  }
}
