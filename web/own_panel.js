/// The page's dialog about oneself: this device, who may write to one, whom one has blocked, how one gets in, and the way to
/// delete the account. It shows what it is told and says what the person does.

import { access_panel } from './access_panel.js';
import { device_panel } from './device_panel.js';
import { actions, choice_line, fault_line } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { writers } from './own_settings.js';
import { say } from './say_more.js';

/// `acts` has a function for each thing that a person can do; see `more.js`. `delete_account()` opens that dialog.
export class own_panel {
  constructor(acts, delete_account) {
    this.acts = acts;
    this.access = new access_panel(acts);
    this.device = new device_panel(acts);
    this.#make(delete_account);
  }

  /// `part` is what of it is wanted: one of the choices of this device by its name, `appearance`, `notifications`, `contacts`, `password`, `sessions` or `delete`.
  open(part) {
    this.settings_fault('');
    this.access.reset();
    this.dialog.showModal();
    this.acts.own_shown();
    const wanted = this.device.fields.get(part) ?? {
      appearance: this.device.looks,
      notifications: this.device.calls,
      contacts: this.part,
      password: this.access.password,
      sessions: this.access.sessions_part,
      delete: this.delete_button,
    }[part];
    if (!wanted) return;
    if (wanted.tagName === 'DETAILS') wanted.open = true;
    wanted.scrollIntoView({ block: 'center' });
    (wanted.querySelector('input:checked, summary, select, input') ?? wanted).focus();
  }

  reset() {
    this.dialog.close();
  }

  get shown() {
    return this.dialog.open;
  }

  /// `direct`: by whom one wants to be written to, null while that isn't known; `blocked` are names; `sessions`, `chosen`
  /// and `calls` are for the panels of these.
  show({ me, direct, blocked, sessions, chosen, calls, now }) {
    if (!this.shown) return;
    this.access.show(sessions, me, now);
    this.device.show({ chosen, calls });
    this.part.disabled = direct === null;
    for (const choice of this.part.querySelectorAll('input')) choice.checked = choice.value === direct;
    renew(this.blocked, blocked.length ? blocked.map((name) => this.#blocked_item(name)) : [nobody()]);
  }

  settings_fault(text) {
    this.fault.textContent = text;
  }
  access_fault(text) {
    this.access.fault(text);
  }
  access_done(text) {
    this.access.done(text);
  }

  #blocked_item(name) {
    const unblock = { type: 'button', className: 'quiet', dataset: { focus: `blocked-${name}` } };
    return element(
      'li',
      { dataset: { user: name } },
      element('span', { className: 'name' }, name),
      element('button', { ...unblock, 'aria-label': say('deed_unblock', { name }), onclick: () => this.#unblock(name) }, say('unblock')),
    );
  }

  async #unblock(name) {
    if (await this.acts.unblock(name)) this.blocked_title.focus();
  }

  #make(delete_account) {
    const choices = writers.map((direct) => {
      const choice = { type: 'radio', name: 'own-direct', id: `own-direct-${direct}`, value: direct };
      return choice_line(element('input', { ...choice, onchange: () => this.acts.choose_writers(direct) }), `writers_${direct}`);
    });
    this.part = element('fieldset', {}, element('legend', { say: 'writers' }), ...choices);
    this.fault = fault_line({ id: 'own-fault' });
    this.blocked_title = element('h3', { id: 'blocked-title', tabIndex: -1, say: 'blocked' });
    this.blocked = element('ul', { id: 'blocked', className: 'record', 'aria-labelledby': 'blocked-title' });
    const to_delete = () => {
      this.dialog.close();
      delete_account();
    };
    this.delete_button = element('button', { id: 'account-delete', type: 'button', className: 'quiet danger', say: 'delete_account_open', onclick: to_delete });
    this.dialog = element(
      'dialog',
      { id: 'own', 'aria-labelledby': 'own-title' },
      element('h2', { id: 'own-title', tabIndex: -1, say: 'your_account' }),
      ...this.device.parts,
      this.part,
      this.fault,
      this.blocked_title,
      element('p', { className: 'hint', say: 'blocked_hint' }),
      this.blocked,
      ...this.access.parts,
      actions(
        this.delete_button,
        element('button', { type: 'button', className: 'quiet', say: 'close', onclick: () => this.dialog.close() }),
      ),
    );
    document.body.append(this.dialog);
  }
}

function nobody() {
  return element('li', { className: 'hint' }, say('nobody'));
}
