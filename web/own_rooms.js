/// Making rooms, leaving and deleting them. It asks the person and the server; the page draws.

import { nature_of, shown_name } from '../clients/js/src/direct.js';
import { plain } from '../clients/js/src/errors.js';
import { count } from '../clients/js/src/text.js';
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
    const fault = room_name_fault(name) || (wrong && `“${wrong}” is no one’s name.`);
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
      this.view.new_room_fault(exists ? 'A private room of that name exists already.' : plain(error));
      return false;
    }
  }

  /// What was just written goes out first; what can't is asked about.
  async leave(room) {
    for (let i = 0; i < most_waits && room.state === 'joined' && this.unsent(room); i += 1) await this.wait();
    const lost = this.unsent(room);
    const words = `${count(lost, 'message')} of yours could not be sent here yet, and will not be.`;
    const title = `Leave ${shown_name(room.name, room.face.me)}?`;
    if (lost && !(await this.view.ask({ title, yes: 'Leave', danger: true, words }))) return;
    await this.#leave(room);
  }

  async #leave(room) {
    if (nature_of(room.name) === 'direct') {
      this.forget(room);
      return;
    }
    const belongs = room.is_private || ['member', 'moderator'].includes(room.face.role);
    if (belongs && room.state !== 'gone') {
      const words = room.is_private
        ? 'It is for members only: you can come back only if somebody adds you.'
        : 'You are no member of it any more then. You can come back at any time.';
      if (!(await this.view.ask({ title: `Leave ${shown_name(room.name, room.face.me)}?`, yes: 'Leave', danger: true, words }))) return;
      if (!(await this.#done(this.api.remove(room.name, room.face.me)))) return;
    }
    this.forget(room);
  }

  async delete(room) {
    const words = 'The room and everything said in it are deleted for everyone. This cannot be undone.';
    if (!(await this.view.ask({ title: `Delete ${room.name}?`, yes: 'Delete', danger: true, words }))) return;
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
