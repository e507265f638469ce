/// Signing in and registering: what is asked of the server, and what the page says where it refuses.

import { api_error } from '../clients/js/src/api.js';
import { plain } from '../clients/js/src/errors.js';
import { say } from './say.js';
import { user_name_fault } from './words.js';

/// `begin(user)` is called with somebody who is signed in.
export class gate {
  /// The account that was just created here, until somebody is signed in.
  #made = null;

  constructor({ api, session, view, begin, has_cookies = () => globalThis.navigator?.cookieEnabled !== false }) {
    Object.assign(this, { api, session, view, begin, has_cookies });
  }

  /// `mode` is `login` or `register`.
  async sign_in({ mode, name, password, remember }) {
    const name_fault = user_name_fault(name);
    if (name_fault) {
      this.view.gate_fault('username', name_fault);
      return;
    }
    if (!password) {
      this.view.gate_fault('password', say('enter_password'));
      return;
    }
    this.view.gate_busy(true);
    this.view.gate_notice('');
    try {
      const made = mode === 'register' && this.#made !== name;
      const registered = made ? await this.api.register(name, password) : {};
      // Where the login behind it is refused for now, the same button only signs in.
      if (made) this.#made = name;
      const cookie = this.has_cookies() ? { remember } : null;
      const { token, csrf, user_id, expires_at } = await this.api.login(name, password, cookie);
      this.session.set({ token, csrf, user: user_id, expires_at }, remember);
      this.#made = null;
      this.begin(user_id);
      if (registered.hint) this.view.toast(registered.hint);
      if (registered.warnings?.includes('weak_password'))
        this.view.toast(say('weak_password'));
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
