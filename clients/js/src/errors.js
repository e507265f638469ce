/// Errors of the server, over HTTP and in frames: whether the same may simply be asked again, and what to tell a person.
/// Pure.

import { can_say, say } from './saying.js';
import { until_words } from './text.js';

/// What the server refused, as an exception: `code` for programs, a sentence for people, and of a sanction `by`, `why`
/// and `until`.
export class refusal extends Error {
  constructor(error) {
    super(plain(error));
    this.name = 'refusal';
    const { code = '', detail = '', by, why, until, retry_after = 0 } = error;
    Object.assign(this, { code, detail, by, why, until, retry_after });
  }
}

/// The code that stands for a status, where the server gave none that is known here.
const code_of = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  410: 'gone',
  413: 'too_big',
  500: 'internal',
  502: 'no_upstream',
  503: 'unavailable',
  504: 'no_upstream',
};

/// Codes of an error frame after which the same message may simply be sent again.
const temporary = new Set([
  'rate_limited',
  'overloaded',
  'unavailable',
  'unknown_outcome',
  'fenced',
  'draining',
  'no_upstream',
  'upstream_failed',
  'upstream_late',
  'too_slow',
  'internal',
]);

export function is_temporary({ code, retry_after }) {
  return temporary.has(code) || retry_after > 0;
}

/// Whether the same request over HTTP may go well later.
export function is_passing(error) {
  return is_temporary(error) || error.code === 'unreachable' || error.status === 429 || error.status >= 500;
}

/// An error, of HTTP or of a frame, as a sentence for the person.
export function plain(error, now = new Date()) {
  const { code = '', status = 0, detail = '', retry_after = 0 } = error;
  if (code === 'rate_limited' || status === 429) {
    return say('too_often', { span: span_words(retry_after) });
  }
  if (code === 'muted') return say('muted', { because: because_words({ open_end: true, ...error }, now) });
  if (code === 'banned') return say('banned', { because: because_words({ open_end: true, ...error }, now) });
  if (code === 'suspended') return say('suspended', { because: because_words({ ...error, by: '', open_end: true }, now) });
  if (code === 'read_only') return read_only_words(error);
  const known = [code, code_of[status]].find((each) => can_say(`error_${each}`));
  return known ? say(`error_${known}`) : detail || say('did_not_work');
}

/// A time to wait, in words that people use; never less than it is.
function span_words(seconds) {
  if (seconds <= 90) return say('seconds', { n: Math.max(1, Math.ceil(seconds)) });
  return seconds <= 5400 ? say('minutes', { n: Math.ceil(seconds / 60) }) : say('hours', { n: Math.ceil(seconds / 3600) });
}

function read_only_words({ post, access }) {
  if (post === 'moderators') return say('read_only_moderators');
  if (post === 'members' || access === 'invited') return say('read_only_members');
  return say('read_only');
}

/// Why this user isn't in a room any more: `gone` frames and refused joins; `reason` is the word for programs.
export function plain_gone({ reason, ...why }, now = new Date()) {
  if (reason === 'limit_reached') return say('gone_limit_reached');
  if (reason === 'not_found' || reason === 'forbidden') return say('gone_not_open');
  if (reason === 'banned') return plain({ code: 'banned', ...why }, now);
  if (reason === 'removed') return say('gone_removed', { because: because_words(why, now) });
  if (reason === 'left') return say('gone_left');
  return say('gone_deleted');
}

/// The end of a sentence on a sanction: ` by ada, until 18:05. Why: …`, each part where it is known. With `open_end` it
/// also says that there is no end by itself.
export function because_words({ by, why, until, open_end = false }, now = new Date()) {
  const end = until ? say('because_until', { end: until_words(new Date(until), now) }) : open_end ? say('because_no_end') : '';
  const parts = [by ? say('because_by', { by }) : '', end].filter(Boolean).join(', ');
  return `${parts && say('because', { parts })}.${why ? ` ${say('because_why', { why })}` : ''}`;
}
