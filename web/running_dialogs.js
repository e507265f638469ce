/// What the dialogs about running a room are made of; running_panel.js has them do something.

import { actions, fault_line, status_line } from './dialog_parts.js';
import { element } from './elements.js';
import './say_more.js';

/// Asks for what a deed needs: why, and for how long.
export function deed_dialog() {
  return element(
    'dialog',
    { id: 'deed', 'aria-labelledby': 'deed-title', 'aria-describedby': 'deed-words' },
    element(
      'form',
      { id: 'deed-form', noValidate: true },
      element('h2', { id: 'deed-title' }),
      element('p', { id: 'deed-words', className: 'hint' }),
      element(
        'div',
        { id: 'deed-reason-part', className: 'part' },
        element('label', { htmlFor: 'deed-reason', say: 'why' }),
        element('input', {
          id: 'deed-reason',
          autocomplete: 'off',
          maxLength: 1024,
          'aria-describedby': 'deed-reason-hint deed-fault',
        }),
        element('p', { id: 'deed-reason-hint', className: 'hint', say: 'why_hint' }),
      ),
      element(
        'div',
        { id: 'deed-end-part', className: 'part' },
        element('label', { htmlFor: 'deed-end', say: 'for_how_long' }),
        element('select', { id: 'deed-end' }),
      ),
      fault_line({ id: 'deed-fault' }),
      actions(
        element('button', { className: 'quiet', type: 'button', id: 'deed-cancel', say: 'cancel' }),
        element('button', { className: 'primary', type: 'submit', id: 'deed-yes', say: 'go_on' }),
      ),
    ),
  );
}

/// A room’s settings.
export function settings_dialog() {
  return element(
    'dialog',
    { id: 'settings', 'aria-labelledby': 'settings-title' },
    element(
      'form',
      { id: 'settings-form', noValidate: true },
      element('h2', { id: 'settings-title', say: 'room_settings' }),
      element('label', { htmlFor: 'settings-name', say: 'title' }),
      element('input', { id: 'settings-name', autocomplete: 'off', maxLength: 80, 'aria-describedby': 'settings-fault' }),
      element('label', { htmlFor: 'settings-topic', say: 'topic' }),
      element('input', { id: 'settings-topic', autocomplete: 'off', maxLength: 1024, 'aria-describedby': 'settings-fault' }),
      element('label', { htmlFor: 'settings-slow', say: 'slow' }),
      element('input', {
        id: 'settings-slow',
        type: 'number',
        min: '0',
        max: '3600',
        step: '1',
        'aria-describedby': 'settings-slow-hint settings-fault',
      }),
      element('p', { id: 'settings-slow-hint', className: 'hint', say: 'slow_hint' }),
      element(
        'div',
        { id: 'settings-owner-part', className: 'part' },
        element('label', { htmlFor: 'settings-post', say: 'who_writes' }),
        element(
          'select',
          { id: 'settings-post' },
          element('option', { value: 'all', say: 'writes_all' }),
          element('option', { value: 'members', say: 'members' }),
          element('option', { value: 'moderators', say: 'writes_moderators' }),
        ),
        element('label', { htmlFor: 'settings-access', say: 'who_reads' }),
        element(
          'select',
          { id: 'settings-access' },
          element('option', { value: 'open', say: 'reads_open' }),
          element('option', { value: 'invited', say: 'reads_invited' }),
          element('option', { value: 'private', say: 'reads_private' }),
        ),
      ),
      fault_line({ id: 'settings-fault' }),
      actions(
        element('button', { className: 'quiet', type: 'button', id: 'settings-cancel', say: 'cancel' }),
        element('button', { className: 'primary', type: 'submit', say: 'save' }),
      ),
    ),
  );
}

/// Whom a room has banned and muted.
export function sanctions_dialog() {
  return element(
    'dialog',
    { id: 'sanctions', 'aria-labelledby': 'sanctions-title' },
    element('h2', { id: 'sanctions-title', say: 'sanctions' }),
    element(
      'form',
      { id: 'sanction-form', noValidate: true },
      element('label', { htmlFor: 'sanction-name', say: 'sanction_someone' }),
      element(
        'div',
        { className: 'inline' },
        element('input', {
          id: 'sanction-name',
          autocomplete: 'off',
          autocapitalize: 'none',
          spellcheck: 'false',
          maxLength: 32,
          say_hint: 'name',
          'aria-describedby': 'sanction-fault',
        }),
        element('button', { className: 'quiet', type: 'submit', say: 'choose' }),
      ),
      fault_line({ id: 'sanction-fault' }),
    ),
    element('h3', { id: 'bans-title', say: 'banned_title' }),
    element('ul', { id: 'bans', className: 'record', 'aria-labelledby': 'bans-title' }),
    element('button', { id: 'bans-more', className: 'quiet', type: 'button', hidden: true, say: 'bans_more' }),
    element('h3', { id: 'mutes-title', say: 'muted_title' }),
    element('ul', { id: 'mutes', className: 'record', 'aria-labelledby': 'mutes-title' }),
    element('button', { id: 'mutes-more', className: 'quiet', type: 'button', hidden: true, say: 'mutes_more' }),
    status_line({ id: 'sanctions-words' }),
    actions(
      element('button', { id: 'sanctions-close', className: 'quiet', type: 'button', say: 'close' }),
    ),
  );
}

/// The record of what was done in a room.
export function audit_dialog() {
  return element(
    'dialog',
    { id: 'audit', 'aria-labelledby': 'audit-title' },
    element('h2', { id: 'audit-title', say: 'audit_title' }),
    element('ol', { id: 'audit-list', className: 'record', 'aria-labelledby': 'audit-title' }),
    element('button', { id: 'audit-more', className: 'quiet', type: 'button', hidden: true, say: 'show_earlier' }),
    status_line({ id: 'audit-words' }),
    actions(
      element('button', { id: 'audit-close', className: 'quiet', type: 'button', say: 'close' }),
    ),
  );
}
