/// Everything the page says that depends on data: errors in plain words, days, times, counts, links. Pure.

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

/// An error, of HTTP or of a frame, as a sentence for the person.
export function plain(error, now = new Date()) {
  const { code = '', status = 0, detail = '', retry_after = 0 } = error;
  if (code === 'rate_limited' || status === 429) {
    return `That was too often. Try again in ${count(Math.max(1, Math.ceil(retry_after)), 'second')}.`;
  }
  if (code === 'muted') return `You are muted in this room${because_words({ open_end: true, ...error }, now)}`;
  if (code === 'banned') return `You are banned from this room${because_words({ open_end: true, ...error }, now)}`;
  if (code === 'suspended') return `This account is suspended${because_words({ ...error, by: '', open_end: true }, now)}`;
  if (code === 'read_only') return read_only_words(error);
  return by_code[code] ?? by_status[status] ?? (detail || 'That did not work.');
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

/// A time in the reader's own zone: only the time where it is on the same day as `now`, the year where it is another.
export function until_words(date, now) {
  if (day_key(date) === day_key(now)) return clock_words(date);
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  const day = date.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...year });
  return `${day}, ${clock_words(date)}`;
}

/// What a room is, in a few words.
export function about_words({ name, state, face }) {
  if (state === 'gone') return 'Gone';
  if (face.nature === 'direct') return 'Direct messages, for the two of you';
  if (face.nature === 'group') return 'Group';
  const access = { private: 'Private room', invited: 'For members' }[face.access] ?? 'Open to everyone';
  const slow = face.slow ? `one message in ${count(face.slow, 'second')}` : '';
  return [face.title ? name : '', access, slow].filter(Boolean).join(' · ');
}

/// A text as it is quoted: in one line, and not all of a long one.
export function quoted(text, most = 120) {
  const letters = [...text.replace(/\s+/g, ' ')];
  return `“${letters.length > most ? `${letters.slice(0, most).join('')}…` : letters.join('')}”`;
}

/// `1 message`, `12 messages`.
export function count(n, singular, plural = `${singular}s`) {
  return `${n.toLocaleString()} ${n === 1 ? singular : plural}`;
}

/// `Ann is typing`, `Ann and Bob are typing`, `Ann, Bob and 3 others are typing`, or nothing.
export function typing_words(users) {
  if (!users.length) return '';
  if (users.length === 1) return `${users[0]} is typing`;
  if (users.length === 2) return `${users[0]} and ${users[1]} are typing`;
  return `${users[0]}, ${users[1]} and ${count(users.length - 2, 'other')} are typing`;
}

/// A key for the local day of a date.
export function day_key(date) {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/// `Today`, `Yesterday`, or the date; with the year where it is another one.
export function day_words(date, today) {
  const day = day_key(date);
  if (day === day_key(today)) return 'Today';
  if (day === day_key(new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1))) return 'Yesterday';
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' };
  return date.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

export function clock_words(date) {
  return date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

export function moment_words(date) {
  return date.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' });
}

/// A text in parts, `{text}` or `{text, href}`: only absolute http and https addresses are links.
export function with_links(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/\bhttps?:\/\/[^\s<>"']+/gi)) {
    const address = without_tail(found[0]);
    if (!URL.canParse?.(address) && !parses(address)) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: address, href: address });
    from = found.index + address.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

function without_tail(address) {
  let end = address.length;
  while (/[.,;:!?)\]}]/.test(address[end - 1])) {
    if (address[end - 1] === ')' && address.slice(0, end).includes('(')) break;
    end -= 1;
  }
  return address.slice(0, end);
}

function parses(address) {
  try {
    return Boolean(new URL(address));
  } catch {
    return false;
  }
}

/// A number from 0 to 11 for a name's colour: the same for everyone, and for every way to write it.
export function hue_of(name) {
  let hash = 2166136261;
  for (const letter of name.toLowerCase()) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  return (hash >>> 8) % 12;
}

export const max_text_bytes = 4096;
export function bytes_of(text) {
  return new TextEncoder().encode(text).length;
}

/// Why a name or a text cannot be, or an empty string. The server decides; this only says it sooner.
export function user_name_fault(name) {
  if (!name) return 'Enter a name.';
  if (['deleted', 'system'].includes(name.toLowerCase())) return 'That name is reserved.';
  return /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(name)
    ? ''
    : 'A name begins with a letter and has at most 32 letters, digits, - or _.';
}

export function room_name_fault(name) {
  if (!name) return 'Enter a name for the room.';
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)
    ? ''
    : 'A room’s name begins with a letter or digit and has at most 64 letters, digits, - or _.';
}

export function text_fault(text) {
  if (text.includes('\0')) return by_code.bad_text;
  const over = bytes_of(text) - max_text_bytes;
  return over > 0 ? `Too long by ${count(over, 'byte')}.` : '';
}
