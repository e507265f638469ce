/// What the dialog about deleting one’s own account is made of; account_panel.js has it do something.

import { actions, choice_line, fault_line, status_line } from './dialog_parts.js';
import { element } from './elements.js';
import './say_more.js';

/// Deleting one’s own account.
export function account_dialog() {
  return element(
    'dialog',
    { id: 'account', 'aria-labelledby': 'account-title', 'aria-describedby': 'account-lead' },
    element(
      'form',
      { id: 'account-form', noValidate: true },
      element('h2', { id: 'account-title', tabIndex: -1, say: 'delete_account' }),
      element('p', { id: 'account-lead', say: 'delete_account_words' }),
      element(
        'fieldset',
        {},
        element('legend', { say: 'delete_rooms' }),
        choice_line(
          element('input', { id: 'account-rooms-delete', type: 'radio', name: 'private_rooms', value: 'delete', defaultChecked: true }),
          'delete_rooms_delete',
        ),
        choice_line(element('input', { id: 'account-rooms-keep', type: 'radio', name: 'private_rooms', value: 'keep' }), 'delete_rooms_keep'),
      ),
      element(
        'fieldset',
        {},
        element('legend', { say: 'delete_words' }),
        choice_line(
          element('input', { id: 'account-words-keep', type: 'radio', name: 'messages', value: 'keep', defaultChecked: true }),
          'delete_words_keep',
        ),
        choice_line(element('input', { id: 'account-words-erase', type: 'radio', name: 'messages', value: 'erase' }), 'delete_words_erase'),
      ),
      // For what keeps passwords: whose it is.
      element('input', { id: 'account-user', autocomplete: 'username', hidden: true }),
      element('label', { htmlFor: 'account-password', say: 'your_password' }),
      element('input', {
        id: 'account-password',
        type: 'password',
        autocomplete: 'current-password',
        'aria-describedby': 'account-fault',
      }),
      fault_line({ id: 'account-fault' }),
      status_line({ id: 'account-words' }),
      actions(
        element('button', { className: 'quiet', type: 'button', id: 'account-cancel', say: 'cancel' }),
        element('button', { className: 'primary danger', type: 'submit', id: 'account-yes', say: 'delete_account_yes' }),
      ),
    ),
  );
}
