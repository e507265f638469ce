/// Deleting one's own account. It asks, follows the operation to its end, and says how it ended.

import { plain } from '../clients/js/src/errors.js';
import { say } from './say_more.js';

const patience = 30;

/// `ended(notice, {gone})` is called where the session is over; `gone`: whether the account is. `wait()` resolves in
/// a second.
export class own_account {
  /// Whether a deletion is under way: then the session ends because of it.
  busy = false;

  constructor({ api, view, ended, wait = () => new Promise((resolve) => setTimeout(resolve, 1000)) }) {
    Object.assign(this, { api, view, ended, wait });
  }

  /// `private_rooms` is `delete` or `keep` (the others have them then), `messages` is `keep` or `erase`.
  async delete(user, { password, private_rooms, messages }) {
    if (this.busy) return;
    if (!password) {
      this.view.account_fault(say('enter_own_password'));
      return;
    }
    this.view.account_fault('');
    this.view.account_busy(true);
    this.busy = true;
    try {
      const begun = await this.api.delete_user(user, { password, private_rooms, messages });
      this.#tell_end(await this.#followed(begun));
    } catch (error) {
      this.#refused(error);
    } finally {
      this.busy = false;
      this.view.account_busy(false);
    }
  }

  /// The state in which the operation ended, or the last one that was heard of.
  async #followed({ operation, state }) {
    for (let i = 0; i < patience && state !== 'completed' && state !== 'undone'; i += 1) {
      await this.wait();
      try {
        ({ state } = await this.api.operation(operation));
      } catch {
        // It goes on, whether or not this page hears of it.
      }
    }
    return state;
  }

  #tell_end(state) {
    if (state === 'completed') this.ended(say('account_deleted'), { gone: true });
    else if (state === 'undone') this.ended(say('account_stays'));
    else this.ended(say('account_going'), { gone: true });
  }

  #refused(error) {
    if (error.location) this.ended(say('account_stays'));
    else if (error.code === 'bad_credentials') this.view.account_fault(say('not_your_password'));
    else if (error.status === 401) this.ended(plain(error));
    else if (error.code === 'unreachable') this.view.account_fault(`${plain(error)} ${say('nothing_twice')}`);
    else this.view.account_fault(plain(error));
  }
}
