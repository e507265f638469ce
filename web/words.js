/// Everything the page says that depends on data, besides errors: rooms, days, who types, why a name can't be. Pure.

import { plain } from '../clients/js/src/errors.js';
import { bytes_of, count, day_key, max_text_bytes } from '../clients/js/src/text.js';

/// What a room is, in a few words.
export function about_words({ name, state, face }) {
  if (state === 'gone') return 'Gone';
  if (face.nature === 'direct') return 'Direct messages, for the two of you';
  if (face.nature === 'group') return 'Group';
  const kinds = { private: 'Private room', invited: 'For members' };
  const access = face.is_told ? (kinds[face.access] ?? 'Open to everyone') : '';
  const slow = face.slow ? `one message in ${count(face.slow, 'second')}` : '';
  return [face.title ? name : '', access, slow].filter(Boolean).join(' · ');
}

const roles = { owner: 'Owns this room', moderator: 'Moderator of this room', member: 'Member of this room' };

/// What is known of a person, in a few words, as seen in `room`: `rooms` are those that one is in.
export function person_words(name, room, rooms) {
  const key = name.toLowerCase();
  const is_in = ({ presence }) => presence.sorted().some((each) => each.toLowerCase() === key);
  const others = rooms.filter((each) => each !== room && each.face.nature === 'room' && is_in(each)).map((each) => each.name);
  const shown = others.length > 5 ? [...others.slice(0, 5), `${count(others.length - 5, 'other room')}`] : others;
  return [
    roles[room.face.role_of(name)],
    is_in(room) ? 'here now' : '',
    shown.length ? `also in ${shown.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/// `Ann is typing`, `Ann and Bob are typing`, `Ann, Bob and 3 others are typing`, or nothing.
export function typing_words(users) {
  if (!users.length) return '';
  if (users.length === 1) return `${users[0]} is typing`;
  if (users.length === 2) return `${users[0]} and ${users[1]} are typing`;
  return `${users[0]}, ${users[1]} and ${count(users.length - 2, 'other')} are typing`;
}

/// `Today`, `Yesterday`, or the date; with the year where it is another one.
export function day_words(date, today) {
  const day = day_key(date);
  if (day === day_key(today)) return 'Today';
  if (day === day_key(new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1))) return 'Yesterday';
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' };
  return date.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

/// A number from 0 to 11 for a name's colour: the same for everyone, and for every way to write it.
export function hue_of(name) {
  let hash = 2166136261;
  for (const letter of name.toLowerCase()) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  return (hash >>> 8) % 12;
}

/// How many characters have to go from a text's end, so that it has at most so many bytes.
function letters_over(text, most) {
  let [over, bytes] = [0, bytes_of(text)];
  for (const letters = [...text]; bytes > most; over += 1) bytes -= bytes_of(letters.pop());
  return over;
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

/// Near its end the field says how much more it takes: `12 characters left`.
export function left_words(text) {
  const left = max_text_bytes - bytes_of(text);
  return left >= 0 && left <= 300 ? `${count(left, 'character')} left` : '';
}

export function text_fault(text) {
  if (text.includes('\0')) return plain({ code: 'bad_text' });
  const over = letters_over(text, max_text_bytes);
  return over ? `Too long by ${count(over, 'character')}.` : '';
}
