/// How this person gets in: their password, and where they are signed in. It asks; the page draws.

import { plain } from '../clients/js/src/errors.js';
import { say } from './say_more.js';

/// `view` says what went wrong and what was done, `changed()` has the page drawn again.
export class own_access {
  /// `{id, client, created_at, current}`, the newest first and this one before all; null while they aren't known.
  sessions = null;

  constructor({ api, view, changed }) {
    Object.assign(this, { api, view, changed });
  }

  /// Somebody signed in: what was here was another's.
  reset() {
    this.sessions = null;
  }

  async load() {
    try {
      const { sessions } = await this.api.sessions();
      const place = ({ current, created_at }) => `${current ? 1 : 0}${created_at}`;
      this.sessions = [...sessions].sort((a, b) => (place(a) < place(b) ? 1 : -1));
    } catch (error) {
      this.view.access_fault(plain(error));
    }
    this.changed();
  }

  /// Returns whether it was changed; else the page says why not.
  async change_password({ old_password, new_password, again }) {
    const missing = !old_password || !new_password;
    const fault = missing ? say('passwords_missing') : new_password === again ? '' : say('passwords_differ');
    this.view.access_fault(fault);
    if (fault) return false;
    try {
      const { warnings = [] } = await this.api.change_password(old_password, new_password);
      const weak = warnings.includes('weak_password') ? [say('password_weak')] : [];
      this.view.access_done([say('password_changed'), ...weak].join(' '));
    } catch (error) {
      this.view.access_fault(error.code === 'bad_credentials' ? say('password_wrong') : plain(error));
      return false;
    }
    this.load();
    return true;
  }

  async end(id) {
    try {
      await this.api.end_session(id);
    } catch (error) {
      // Where there is no such session, it has ended already.
      if (error.status !== 404) this.view.access_fault(plain(error));
    }
    await this.load();
  }

  async end_others() {
    for (const { id, current } of this.sessions ?? []) if (!current) await this.end(id);
  }
}

const programs = ['Firefox', 'Edg', 'OPR', 'Chrome', 'Safari', 'curl', 'python', 'node'];
const systems = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac', 'CrOS', 'Linux'];
const called = { Edg: 'Edge', OPR: 'Opera', CrOS: 'ChromeOS', python: 'Python', node: 'Node', Chrome: 'Chrome' };

/// What signed in, `192.0.2.7, Firefox on Linux`, as far as that can be told from how a program calls itself.
export function client_words(client) {
  const [address, ...rest] = client.split(' ');
  const words = rest.join(' ');
  const [program, system] = [programs, systems].map((list) => list.find((each) => words.includes(each)));
  const name = program ? (called[program] ?? program) : words.slice(0, 40);
  return [address, system && program ? say('program_on', { program: name, system: called[system] ?? system }) : name].filter(Boolean).join(', ');
}
