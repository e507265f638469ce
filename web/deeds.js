/// What one may do with a person or with a message of theirs, as buttons: only what the role allows. Pure.

import { bytes_of, quoted } from '../clients/js/src/text.js';
import { may_be_marked } from './markdown.js';
import { say } from './say.js';

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
      deed('moderator', say('deed_moderator', { name }), { kind: 'role', user: name, role: 'moderator' }, {
        words: say('deed_moderator_words'),
        yes: say('deed_moderator_yes'),
      }),
    role === 'moderator' &&
      deed('member', say('deed_member', { name }), { kind: 'role', user: name, role: 'member' }, {
        words: say('deed_member_words', { name }),
        yes: say('take_back'),
      }),
    deed('owner', say('deed_owner', { name }), { kind: 'role', user: name, role: 'owner' }, {
      words: say('deed_owner_words', { name }),
      yes: say('deed_owner_yes'),
      danger: true,
    }),
    muted
      ? deed('unmute', say('deed_unmute', { name }), { kind: 'unmute', user: name }, { yes: say('lift') })
      : deed('mute', say('deed_mute', { name }), { kind: 'mute', user: name }, {
          ...asked,
          words: say('deed_mute_words', { name }),
          yes: say('deed_mute_yes'),
          asks_end: true,
        }),
    deed('remove', say('deed_remove', { name }), { kind: 'remove', user: name }, {
      ...asked,
      words: say(face.is_open ? 'deed_remove_open' : 'deed_remove_closed', { name }),
      yes: say('remove'),
    }),
    banned
      ? deed('unban', say('deed_unban', { name }), { kind: 'unban', user: name }, { yes: say('lift') })
      : deed('ban', say('deed_ban', { name }), { kind: 'ban', user: name }, {
          ...asked,
          words: say('deed_ban_words', { name }),
          yes: say('deed_ban_yes'),
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
    writes && may('text') && deed('reply', say('deed_reply'), null),
    writes && may('react') && deed('react', say('deed_react'), null),
    mine && writes && may('edit') && face.is_editable({ at }, now) && deed('edit', say('deed_edit'), null),
    deed('copy', say('deed_copy'), null),
    deed('link', say('deed_link'), null),
    !mine && deed('unread', say('deed_unread'), null),
    written && deed('source', say('deed_source'), null),
    may('pin') &&
      (pinned
        ? deed('unpin', say('deed_unpin'), { kind: 'unpin', target: seq }, { at_once: true })
        : deed('pin', say('deed_pin'), { kind: 'pin', target: seq }, { at_once: true })),
    may('erase') &&
      (mine || face.moderates) &&
      deed('erase', say('deed_erase'), { kind: 'erase', target: seq }, {
        words: say('deed_erase_words', { quote: quoted(text) }),
        yes: say('remove'),
        danger: true,
        asks_reason: !mine,
      }),
  ];
  return all.filter(Boolean);
}

/// How long a mute or a ban may last, in seconds; 0 has no end.
export const lengths = [600, 3600, 86400, 7 * 86400, 30 * 86400, 0];

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
  return over > 0 ? say('too_long_bytes', { n: over }) : '';
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
    if (over > 0) return { fault: say(`${name}_too_long`, { n: over }), settings: {} };
    if (value !== face[name]) settings[name] = value;
  }
  const slow = Number(values.slow ?? face.slow);
  if (!Number.isInteger(slow) || slow < 0 || slow > 3600)
    return { fault: say('slow_range'), settings: {} };
  if (slow !== face.slow) settings.slow = slow;
  for (const name of ['post', 'access']) {
    if (values[name] !== undefined && values[name] !== face[name]) settings[name] = values[name];
  }
  return { fault: '', settings };
}
