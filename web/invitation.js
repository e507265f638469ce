/// Somebody came with an invite: it is kept until they are signed in, then they are asked, then it is used. It asks;
/// the page draws.

import { is_passing, plain } from '../clients/js/src/errors.js';
import { say } from './say.js';

/// `store` is a json_store that outlives a reload of the tab. `entered(room)` is called with the room that one is a
/// member of now, `lost(error)` where the session is over.
export class invitation {
  #waiting;
  #asking = false;

  constructor({ api, store, view, entered, lost }) {
    Object.assign(this, { api, store, view, entered, lost });
    this.#waiting = store.get() ?? '';
  }

  /// Whether one is kept that was not answered yet.
  get waiting() {
    return this.#waiting !== '';
  }

  keep(invite) {
    this.#waiting = invite;
    if (invite) this.store.set(invite);
    else this.store.clear();
  }

  /// Asks this user whether to use it, until it is used or put aside. One that can't be used now may be tried again.
  async offer(user) {
    if (!this.waiting || this.#asking) return;
    this.#asking = true;
    try {
      await this.#ask(user);
    } finally {
      this.#asking = false;
    }
  }

  async #ask(user) {
    let question = { user, fault: '', yes: say('join') };
    for (;;) {
      const answer = await this.view.ask_invitation(question);
      // Nobody said no where the session ended under the question: it is asked again after signing in.
      if (answer === null) return;
      if (answer === 'no') {
        this.keep('');
        return;
      }
      try {
        const { room } = await this.api.accept_invite(this.#waiting);
        this.keep('');
        this.view.close_invitation();
        this.entered(room);
        return;
      } catch (error) {
        if (error.status === 401 || error.code === 'suspended') {
          this.view.close_invitation();
          this.lost(error);
          return;
        }
        question = { user, ...refusal(error) };
        if (!question.yes) this.keep('');
      }
    }
  }
}

/// Why one can't join, and the word on the button that tries again, empty where that is of no use.
export function refusal(error, now = new Date()) {
  const words = error.status === 410 ? say('invite_gone') : plain(error, now);
  return { fault: words, yes: is_passing(error) ? say('try_again') : '' };
}
