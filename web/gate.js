/// Signing in and registering: what is asked of the server, and what the page says where it refuses.

import { api_error } from './api.js';
import { plain, user_name_fault } from './words.js';

/// `begin(user)` is called with somebody who is signed in.
export class gate {
  constructor({ api, session, view, begin }) {
    Object.assign(this, { api, session, view, begin });
  }

  /// `mode` is `login` or `register`.
  async sign_in({ mode, name, password, remember }) {
    const name_fault = user_name_fault(name);
    if (name_fault) {
      this.view.gate_fault('username', name_fault);
      return;
    }
    if (!password) {
      this.view.gate_fault('password', 'Enter a password.');
      return;
    }
    this.view.gate_busy(true);
    this.view.gate_notice('');
    try {
      const registered = mode === 'register' ? await this.api.register(name, password) : {};
      const { token, user_id, expires_at } = await this.api.login(name, password);
      this.session.set({ token, user: user_id, expires_at }, remember);
      this.begin(user_id);
      if (registered.warnings?.includes('weak_password'))
        this.view.toast('Your password is short. A longer one is safer.');
    } catch (error) {
      if (!(error instanceof api_error)) throw error;
      this.#refused(error);
    } finally {
      this.view.gate_busy(false);
    }
  }

  #refused(error) {
    if (error.code === 'taken' || error.code === 'bad_name') this.view.gate_fault('username', plain(error));
    else if (error.code === 'bad_password') this.view.gate_fault('password', plain(error));
    else this.view.gate_notice(error.status === 401 ? plain({ code: 'bad_credentials' }) : plain(error));
  }
}
