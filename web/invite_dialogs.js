/// What the dialogs about invite links are made of; invite_panels.js has them do something.

import { actions, choice_line, fault_line, status_line } from './dialog_parts.js';
import { element } from './elements.js';
import './say_more.js';

/// A room’s invite links.
export function links_dialog() {
  return element(
    'dialog',
    { id: 'invites', 'aria-labelledby': 'invites-title' },
    element('h2', { id: 'invites-title', say: 'invite_links' }),
    element('p', { className: 'hint', say: 'invite_links_hint' }),
    element(
      'form',
      { id: 'link-form', noValidate: true },
      element('label', { htmlFor: 'link-uses', say: 'invite_uses' }),
      element('input', { id: 'link-uses', type: 'number', min: '1', max: '10000', step: '1', 'aria-describedby': 'link-fault' }),
      choice_line(element('input', { id: 'link-any', type: 'checkbox' }), 'invite_uses_any'),
      element('label', { htmlFor: 'link-end', say: 'for_how_long' }),
      element('select', { id: 'link-end', 'aria-describedby': 'link-fault' }),
      fault_line({ id: 'link-fault' }),
      actions(
        element('button', { className: 'primary', type: 'submit', id: 'link-yes', say: 'invite_make' }),
      ),
    ),
    element(
      'div',
      { id: 'link-made', className: 'part', hidden: true },
      element('label', { htmlFor: 'link', say: 'invite_new' }),
      element(
        'div',
        { className: 'inline' },
        element('input', { id: 'link', readOnly: true }),
        element('button', { id: 'link-copy', className: 'quiet', type: 'button', say: 'copy' }),
      ),
    ),
    status_line({ id: 'link-words' }),
    element('h3', { id: 'links-title', tabIndex: -1, say: 'invites_working' }),
    element('ul', { id: 'links', className: 'record', 'aria-labelledby': 'links-title' }),
    element('button', { id: 'links-more', className: 'quiet', type: 'button', hidden: true, say: 'invites_more' }),
    actions(
      element('button', { id: 'invites-close', className: 'quiet', type: 'button', say: 'close' }),
    ),
  );
}

/// The question to somebody who came by a link.
export function invitation_dialog() {
  return element(
    'dialog',
    { id: 'invitation', 'aria-labelledby': 'invitation-title', 'aria-describedby': 'invitation-words invitation-fault' },
    element(
      'form',
      { id: 'invitation-form', noValidate: true },
      element('h2', { id: 'invitation-title', say: 'invited_title' }),
      element('p', { id: 'invitation-words' }),
      fault_line({ id: 'invitation-fault' }),
      actions(
        element('button', { className: 'quiet', type: 'button', id: 'invitation-no', say: 'not_now' }),
        element('button', { className: 'primary', type: 'submit', id: 'invitation-yes', say: 'join' }),
      ),
    ),
  );
}
