/// What was done in a room, told to this reader: `ada muted you until 18:05: why`. Made of an entry's fields, with times of
/// the reader's zone; the server's own sentence stands for the kinds that this page doesn't know. Pure.

import { can_say, say } from './saying.js';
import { until_words } from './text.js';

const words_kinds = new Set([undefined, 'text', 'notice', 'action', 'erased']);

/// Whether an entry is a person's words, and not an act.
export function is_words({ kind }) {
  return words_kinds.has(kind);
}

// Tags are for clients of IRC.
const shown_in_message = new Set(['edit', 'react', 'unreact', 'tag']);

/// Whether an entry is told by the message that it is about, and has no place of its own.
export function is_shown_in_message({ kind }) {
  return shown_in_message.has(kind);
}

/// An act as a sentence; empty where it is nothing to tell.
export function act_sentence(entry, me) {
  if (is_shown_in_message(entry)) return '';
  const mine = same(entry.from, me);
  const done = deed_of(entry, me);
  if (!done) return entry.text ? say(mine ? 'act_unknown_me' : 'act_unknown', { from: entry.from, text: entry.text }) : '';
  return `${done}${entry.reason ? `: ${entry.reason}` : ''}`;
}

/// An entry in one line, for instance for a screen reader.
export function entry_line(entry, me) {
  return is_words(entry) ? `${entry.from}: ${entry.text}` : act_sentence(entry, me);
}

/// Whether the act is about this reader, and not their own.
export function concerns(entry, me) {
  return !is_words(entry) && same(entry.user, me) && !same(entry.from, me);
}

const deeds = new Set(['erase', 'pin', 'unpin', 'settings', 'role', 'add', 'remove', 'ban', 'unban', 'mute', 'unmute']);
// Of these the person is the whom of the sentence, not the whose.
const takes_whom = new Set(['act_role_moderator', 'act_role_member', 'act_add', 'act_remove', 'act_ban', 'act_mute']);

function deed_of(entry, me) {
  const { kind, from, user, until } = entry;
  if (!deeds.has(kind)) return '';
  const key = key_of(entry);
  return say(key, {
    from: same(from, me) ? say('by_me') : say('by_other', { name: from }),
    user: same(user, me) ? say(takes_whom.has(key) ? 'done_to_me' : 'done_of_me') : (user ?? ''),
    end: until ? say('act_end', { end: until_words(new Date(until), new Date(entry.at)) }) : '',
    changes: kind === 'settings' ? changes_of(entry.settings ?? {}) || say('set_something') : '',
  });
}

function key_of({ kind, from, user, role }) {
  if (kind === 'role') return can_say(`act_role_${role}`) ? `act_role_${role}` : 'act_role_member';
  return kind === 'remove' && same(from, user) ? 'act_leave' : `act_${kind}`;
}

function changes_of({ access, post, slow, title, topic, data, edit_window, receipts, modes }) {
  const known = (key) => (can_say(key) ? say(key) : '');
  const set = (key, value) => value !== undefined && (value ? say(key, { value: String(value) }) : say(`${key}_none`));
  return [
    access && known(`set_access_${access}`),
    post && known(`set_post_${post}`),
    set('set_slow', slow),
    set('set_title', title),
    set('set_topic', topic),
    set('set_edit_window', edit_window),
    receipts && known(`set_receipts_${receipts}`),
    data !== undefined && say('set_data'),
    modes && say('set_modes', { value: modes }),
  ]
    .filter(Boolean)
    .join(', ');
}

function same(a, b) {
  return typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
}
