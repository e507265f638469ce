/// Errors of the server, over HTTP and in frames: whether the same may simply be asked again, and what to tell a person.
/// Pure.

import { count, until_words } from './text.js';

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

const by_code = {
  unreachable: 'The server cannot be reached. Check your connection and try again.',
  bad_credentials: 'That name and password do not go together.',
  taken: 'That name is taken. Choose another one.',
  bad_name: 'That name cannot be used.',
  bad_password: 'That password is too short or too long.',
  bad_text: 'That message cannot be sent: it is empty, too long or has characters that are not text.',
  too_big: 'That is too long.',
  invalid_token: 'Your session has ended. Sign in again.',
  unauthorized: 'Your session has ended. Sign in again.',
  forbidden: 'You are not allowed to do that.',
  not_found: 'There is nothing by that name, or it is not open to you.',
  no_user: 'There is no one by that name.',
  conflict: 'That does not go together with what is so already.',
  blocked: 'One of you has blocked the other: neither can write here.',
  not_joined: 'You are not in this room.',
  gone: 'This room is gone.',
  limit_reached: 'There are as many of these as there may be.',
  bad_frame: 'The server does not take that.',
  unknown_outcome: 'No answer came. Look whether it was done before you try again.',
  overloaded: 'The server is very busy. Try again in a moment.',
  unavailable: 'The server cannot save anything right now. Try again in a moment.',
  no_upstream: 'This part of the service is down right now. Try again in a moment.',
  internal: 'Something went wrong on the server.',
};

const by_status = {
  401: by_code.unauthorized,
  403: by_code.forbidden,
  404: by_code.not_found,
  410: by_code.gone,
  413: by_code.too_big,
  500: by_code.internal,
  502: by_code.no_upstream,
  503: by_code.unavailable,
  504: by_code.no_upstream,
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
    return `That was too often. Try again in ${span_words(retry_after)}.`;
  }
  if (code === 'muted') return `You are muted in this room${because_words({ open_end: true, ...error }, now)}`;
  if (code === 'banned') return `You are banned from this room${because_words({ open_end: true, ...error }, now)}`;
  if (code === 'suspended') return `This account is suspended${because_words({ ...error, by: '', open_end: true }, now)}`;
  if (code === 'read_only') return read_only_words(error);
  return by_code[code] ?? by_status[status] ?? (detail || 'That did not work.');
}

/// A time to wait, in words that people use; never less than it is.
function span_words(seconds) {
  if (seconds <= 90) return count(Math.max(1, Math.ceil(seconds)), 'second');
  return seconds <= 5400 ? count(Math.ceil(seconds / 60), 'minute') : count(Math.ceil(seconds / 3600), 'hour');
}

function read_only_words({ post, access }) {
  if (post === 'moderators') return 'Only moderators may write in this room.';
  if (post === 'members' || access === 'invited') return 'Only members may write in this room.';
  return 'Only some may write in this room.';
}

/// Why this user isn't in a room any more: `gone` frames and refused joins; `reason` is the word for programs.
export function plain_gone({ reason, ...why }, now = new Date()) {
  if (reason === 'limit_reached') return 'You are in as many rooms as one page may be in. Leave one of them first.';
  if (reason === 'not_found' || reason === 'forbidden') return 'This room is not open to you (any more).';
  if (reason === 'banned') return plain({ code: 'banned', ...why }, now);
  if (reason === 'removed') return `You were removed from this room${because_words(why, now)}`;
  if (reason === 'left') return 'You left this room.';
  return 'This room was deleted.';
}

/// The end of a sentence on a sanction: ` by ada, until 18:05. Why: …`, each part where it is known. With `open_end` it
/// also says that there is no end by itself.
export function because_words({ by, why, until, open_end = false }, now = new Date()) {
  const end = until ? `until ${until_words(new Date(until), now)}` : open_end ? 'until somebody takes that back' : '';
  const who = by ? `by ${by}` : '';
  const parts = [who, end].filter(Boolean).join(', ');
  return `${parts && ` ${parts}`}.${why ? ` Why: ${why}` : ''}`;
}
