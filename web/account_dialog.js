/// What the dialog about deleting one’s own account is made of; account_panel.js has it do something.

import { element, said } from './elements.js';
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
        element(
          'label',
          { className: 'check' },
          element('input', { id: 'account-rooms-delete', type: 'radio', name: 'private_rooms', value: 'delete', defaultChecked: true }),
          ' ',
          said('delete_rooms_delete'),
        ),
        element(
          'label',
          { className: 'check' },
          element('input', { id: 'account-rooms-keep', type: 'radio', name: 'private_rooms', value: 'keep' }),
          ' ',
          said('delete_rooms_keep'),
        ),
      ),
      element(
        'fieldset',
        {},
        element('legend', { say: 'delete_words' }),
        element(
          'label',
          { className: 'check' },
          element('input', { id: 'account-words-keep', type: 'radio', name: 'messages', value: 'keep', defaultChecked: true }),
          ' ',
          said('delete_words_keep'),
        ),
        element(
          'label',
          { className: 'check' },
          element('input', { id: 'account-words-erase', type: 'radio', name: 'messages', value: 'erase' }),
          ' ',
          said('delete_words_erase'),
        ),
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
      element('p', { id: 'account-fault', className: 'fault', role: 'alert' }),
      element('p', { id: 'account-words', className: 'hint', role: 'status' }),
      element(
        'p',
        { className: 'actions' },
        element('button', { className: 'quiet', type: 'button', id: 'account-cancel', say: 'cancel' }),
        element('button', { className: 'primary danger', type: 'submit', id: 'account-yes', say: 'delete_account_yes' }),
      ),
    ),
  );
}
