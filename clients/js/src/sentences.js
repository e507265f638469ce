/// What was done in a room, told to this reader: `ada muted you until 18:05: why`. Made of an entry's fields, with times of
/// the reader's zone; the server's own sentence stands for the kinds that this page doesn't know. Pure.

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
  const done = deed_of(entry, me);
  if (!done) return entry.text ? `${name_of(entry.from, me, 'You')} ${entry.text}` : '';
  const { until, reason } = entry;
  const end = until ? ` until ${until_words(new Date(until), new Date(entry.at))}` : '';
  return `${name_of(entry.from, me, 'You')} ${done}${end}${reason ? `: ${reason}` : ''}`;
}

/// An entry in one line, for instance for a screen reader.
export function entry_line(entry, me) {
  return is_words(entry) ? `${entry.from}: ${entry.text}` : act_sentence(entry, me);
}

/// Whether the act is about this reader, and not their own.
export function concerns(entry, me) {
  return !is_words(entry) && same(entry.user, me) && !same(entry.from, me);
}

function deed_of(entry, me) {
  const user = name_of(entry.user, me, 'you');
  switch (entry.kind) {
    case 'erase':
      return 'removed a message';
    case 'pin':
      return 'pinned a message';
    case 'unpin':
      return 'took a message off the pins';
    case 'settings':
      return settings_deeds(entry.settings ?? {}) || 'changed the settings';
    case 'role':
      return `made ${user} ${{ owner: 'the owner', moderator: 'a moderator' }[entry.role] ?? 'a member'}`;
    case 'add':
      return `added ${user}`;
    case 'remove':
      return same(entry.from, entry.user) ? 'left' : `removed ${user}`;
    case 'ban':
      return `banned ${user}`;
    case 'unban':
      return `lifted the ban of ${user}`;
    case 'mute':
      return `muted ${user}`;
    case 'unmute':
      return `lifted the mute of ${user}`;
    default:
      return '';
  }
}

const access_deeds = {
  open: 'opened the room to everyone',
  private: 'made the room private',
  invited: 'made the room open to members only',
};
const post_deeds = {
  all: 'let everyone write',
  members: 'let only members write',
  moderators: 'let only moderators write',
};

const receipt_deeds = {
  auto: 'let a small room tell who has read what',
  on: 'let everyone hear who has read what',
  off: 'ended telling who has read what',
};

function settings_deeds({ access, post, slow, title, topic, data, edit_window, receipts, modes }) {
  return [
    access && (access_deeds[access] ?? ''),
    post && (post_deeds[post] ?? ''),
    slow !== undefined && (slow ? `set the pause between messages to ${slow} s` : 'ended the pause between messages'),
    title !== undefined && (title ? `named the room “${title}”` : 'took the room’s title away'),
    topic !== undefined && (topic ? `set the topic: ${topic}` : 'took the topic away'),
    edit_window !== undefined &&
      (edit_window ? `set the time for edits to ${edit_window} s` : 'ended the editing of messages'),
    receipts && (receipt_deeds[receipts] ?? ''),
    data !== undefined && 'changed the room’s data',
    modes && `set the modes ${modes}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function same(a, b) {
  return typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
}

function name_of(name, me, you) {
  return same(name, me) ? you : (name ?? '');
}
