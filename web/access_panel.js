/// The part of the page's dialog about oneself that is about getting in: a new password, and where one is signed in. It shows
/// what it is told and says what the person does.

import { clock_words } from '../clients/js/src/text.js';
import { actions, fault_line, status_line } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { client_words } from './own_access.js';
import { say } from './say_more.js';
import { day_words } from './words.js';

const fields = [
  { name: 'old_password', key: 'your_password', autocomplete: 'current-password' },
  { name: 'new_password', key: 'password_new', autocomplete: 'new-password' },
  { name: 'again', key: 'password_again', autocomplete: 'new-password' },
];

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class access_panel {
  constructor(acts) {
    this.acts = acts;
    this.#make_password();
    this.#make_sessions();
    this.parts = [this.password, this.sessions_part];
  }

  reset() {
    this.form.reset();
    this.password.open = this.sessions_part.open = false;
    this.fault('');
    this.done('');
    renew(this.list, []);
  }

  fault(text) {
    this.fault_words.textContent = text;
    if (text) this.done('');
  }

  done(text) {
    this.done_words.textContent = text;
  }

  /// `sessions` is null while they aren't known.
  show(sessions, me, now) {
    this.user.value = me;
    renew(this.list, (sessions ?? []).map((each) => this.#session(each, now)));
    this.others.hidden = !sessions?.some(({ current }) => !current);
  }

  #session({ id, client, created_at, current }, now) {
    const at = new Date(created_at);
    const since = say('session_since', { day: day_words(at, now), time: clock_words(at) });
    const what = client_words(client);
    return element(
      'li',
      { dataset: { session: id, current: String(current) } },
      element('span', { className: 'name' }, element('strong', {}, current ? say('session_here') : what), ` ${current ? what : ''} ${since}`),
      current
        ? null
        : element(
            'button',
            {
              type: 'button',
              className: 'quiet',
              'aria-label': say('session_end', { what }),
              dataset: { focus: `session-${id}` },
              onclick: () => this.acts.end_session(id),
            },
            say('sign_out'),
          ),
    );
  }

  #make_password() {
    const inputs = fields.flatMap(({ name, key, autocomplete }) => [
      element('label', { htmlFor: `access-${name}`, say: key }),
      element('input', { id: `access-${name}`, name, type: 'password', autocomplete, 'aria-describedby': 'access-fault' }),
    ]);
    this.fault_words = fault_line({ id: 'access-fault' });
    this.done_words = status_line({ id: 'access-done' });
    // For what keeps passwords: whose it is.
    this.user = element('input', { autocomplete: 'username', hidden: true });
    this.form = element(
      'form',
      { id: 'access-form', noValidate: true },
      this.user,
      ...inputs,
      actions(element('button', { className: 'quiet', say: 'password_change' })),
    );
    this.form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (await this.acts.change_password(Object.fromEntries(new FormData(this.form)))) this.form.reset();
    });
    this.password = element('details', { id: 'access' }, element('summary', { say: 'password' }), this.form, this.fault_words, this.done_words);
  }

  #make_sessions() {
    this.list = element('ul', { id: 'sessions', className: 'record' });
    this.others = element(
      'button',
      { id: 'sessions-others', type: 'button', className: 'quiet', hidden: true, say: 'sessions_end_others', onclick: () => this.acts.end_other_sessions() },
    );
    this.sessions_part = element('details', { id: 'sessions-part' }, element('summary', { say: 'sessions' }), this.list, this.others);
  }
}
