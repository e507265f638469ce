/// What one may do with a person or with a message of theirs, as buttons: only what the role allows. Pure.

import { bytes_of, count, quoted } from '../clients/js/src/text.js';
import { may_be_marked } from './markdown.js';

/// A deed is `{key, label, act, title, words, yes, danger, asks_reason, asks_end}`: `act` are the fields of the frame, to
/// which `with_answers` adds what the person was asked; `at_once`: nothing is asked. One without `act` is done by the
/// page: `key` says what.
function deed(key, label, act, more = {}) {
  return { key, label, act, title: `${label}?`, words: '', yes: label, danger: false, ...more };
}

/// The deeds on the person `name`. `muted` and `banned` say what is known of them.
export function deeds_on(face, name, { muted = false, banned = false } = {}) {
  if (!face.moderates || name.toLowerCase() === face.me.toLowerCase()) return [];
  const role = face.role_of(name);
  const asked = { danger: true, asks_reason: true };
  const all = [
    role !== 'moderator' &&
      deed('moderator', `Make ${name} a moderator`, { kind: 'role', user: name, role: 'moderator' }, {
        words: 'Moderators remove messages and people, mute, ban, and change topic and title.',
        yes: 'Make moderator',
      }),
    role === 'moderator' &&
      deed('member', `Take back ${name}’s role`, { kind: 'role', user: name, role: 'member' }, {
        words: `${name} stays a member.`,
        yes: 'Take back',
      }),
    deed('owner', `Hand the room over to ${name}`, { kind: 'role', user: name, role: 'owner' }, {
      words: `${name} will own the room, and you will be a moderator. Only ${name} can give it back.`,
      yes: 'Hand over',
      danger: true,
    }),
    muted
      ? deed('unmute', `Lift the mute of ${name}`, { kind: 'unmute', user: name }, { yes: 'Lift' })
      : deed('mute', `Mute ${name}`, { kind: 'mute', user: name }, {
          ...asked,
          words: `${name} can read, but not write. ${name} is told who did it, why and until when.`,
          yes: 'Mute',
          asks_end: true,
        }),
    deed('remove', `Remove ${name} from the room`, { kind: 'remove', user: name }, {
      ...asked,
      words: face.is_open ? `${name} can come back at any time.` : `${name} will no longer read this room.`,
      yes: 'Remove',
    }),
    banned
      ? deed('unban', `Lift the ban of ${name}`, { kind: 'unban', user: name }, { yes: 'Lift' })
      : deed('ban', `Ban ${name}`, { kind: 'ban', user: name }, {
          ...asked,
          words: `${name} is removed, and can’t come back before the ban ends.`,
          yes: 'Ban',
          asks_end: true,
        }),
  ];
  return all.filter((each) => each && face.may(each.act));
}

const words_kinds = [undefined, 'text', 'notice', 'action'];

/// Whether there are deeds on a message: asked of each one in the list, each time that it is drawn.
export function has_deeds(face, { kind }) {
  return face.known && words_kinds.includes(kind);
}

/// The deeds on a message, an entry of the log: none on acts, on what was removed, and where the server knows no roles.
/// Somebody who can't write now answers, reacts and edits nothing; and after the room's `edit_window` nobody edits.
export function deeds_on_message(face, { seq, from, kind, text, at, pinned = false }, now = Date.now()) {
  if (!has_deeds(face, { kind })) return [];
  const mine = from.toLowerCase() === face.me.toLowerCase();
  const written = text !== undefined && kind !== 'action' && may_be_marked(text);
  const writes = !face.silence(now);
  const may = (what) => face.may({ kind: what });
  const all = [
    writes && may('text') && deed('reply', 'Reply', null),
    writes && may('react') && deed('react', 'React', null),
    mine && writes && may('edit') && face.is_editable({ at }, now) && deed('edit', 'Edit', null),
    deed('copy', 'Copy the text', null),
    deed('link', 'Copy a link to it', null),
    !mine && deed('unread', 'Mark unread from here', null),
    written && deed('source', 'As it was written, or as it is meant', null),
    may('pin') &&
      (pinned
        ? deed('unpin', 'Take off the pins', { kind: 'unpin', target: seq }, { at_once: true })
        : deed('pin', 'Pin', { kind: 'pin', target: seq }, { at_once: true })),
    may('erase') &&
      (mine || face.moderates) &&
      deed('erase', 'Remove the message', { kind: 'erase', target: seq }, {
        words: `${quoted(text)} is removed for everyone. This cannot be undone.`,
        yes: 'Remove',
        danger: true,
        asks_reason: !mine,
      }),
  ];
  return all.filter(Boolean);
}

/// How long a mute or a ban may last: words and seconds; 0 has no end.
export const lengths = [
  { words: '10 minutes', seconds: 600 },
  { words: '1 hour', seconds: 3600 },
  { words: '1 day', seconds: 86400 },
  { words: '7 days', seconds: 7 * 86400 },
  { words: '30 days', seconds: 30 * 86400 },
  { words: 'Until somebody takes it back', seconds: 0 },
];

/// The fields of the frame, with the reason and the length in seconds that the person gave.
export function with_answers({ act, asks_reason, asks_end }, { reason = '', seconds = 0 } = {}, now = Date.now()) {
  const why = reason.trim();
  return {
    ...act,
    ...(asks_reason && why ? { reason: why } : {}),
    ...(asks_end && seconds ? { until: new Date(now + seconds * 1000).toISOString() } : {}),
  };
}

const max_reason_bytes = 1024;

/// Why a reason can't be, or an empty string.
export function reason_fault(text) {
  const over = bytes_of(text.trim()) - max_reason_bytes;
  return over > 0 ? `Too long by ${count(over, 'byte')}.` : '';
}

/// What of the settings that were entered differs from what holds: `{settings}`, or `{fault}` where a value can't be.
export function settings_change(face, values) {
  const settings = {};
  for (const [name, most] of [
    ['title', 80],
    ['topic', 1024],
  ]) {
    const value = (values[name] ?? face[name]).trim();
    const over = bytes_of(value) - most;
    if (over > 0) return { fault: `The ${name} is too long by ${count(over, 'byte')}.`, settings: {} };
    if (value !== face[name]) settings[name] = value;
  }
  const slow = Number(values.slow ?? face.slow);
  if (!Number.isInteger(slow) || slow < 0 || slow > 3600)
    return { fault: 'The pause is 0 to 3600 whole seconds.', settings: {} };
  if (slow !== face.slow) settings.slow = slow;
  for (const name of ['post', 'access']) {
    if (values[name] !== undefined && values[name] !== face[name]) settings[name] = values[name];
  }
  return { fault: '', settings };
}
