/// The page's dialog about deleting one's own account. It shows what it is told and says what the person does.

import { account_dialog } from './account_dialog.js';
import { say } from './say_more.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class account_panel {
  constructor(acts) {
    document.body.append(account_dialog());
    by_id('account-cancel').addEventListener('click', () => by_id('account').close());
    by_id('account-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const choice = (name) => by_id('account-form').querySelector(`[name=${name}]:checked`).value;
      acts.delete_account({
        password: by_id('account-password').value,
        private_rooms: choice('private_rooms'),
        messages: choice('messages'),
      });
    });
  }

  open() {
    by_id('account-form').reset();
    by_id('account-user').value = by_id('me-name').textContent;
    this.account_fault('');
    by_id('account').showModal();
    by_id('account-title').focus();
  }

  reset() {
    by_id('account').close();
    by_id('account-password').value = '';
  }

  account_fault(text) {
    by_id('account-fault').textContent = text;
    by_id('account-password').setAttribute('aria-invalid', String(Boolean(text)));
    if (text) by_id('account-password').focus();
  }

  account_busy(busy) {
    by_id('account-words').textContent = busy ? say('deleting') : '';
    by_id('account-yes').disabled = by_id('account-cancel').disabled = busy;
  }
}
