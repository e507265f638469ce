/// Everything the page says that depends on data, besides errors: rooms, days, who types, why a name can't be. Pure.

import { plain } from '../clients/js/src/errors.js';
import { bytes_of, date_words, day_key, max_text_bytes } from '../clients/js/src/text.js';
import { say } from './say.js';

/// What a room is, in a few words.
export function about_words({ name, state, face }) {
  if (state === 'gone') return say('about_gone');
  if (face.nature === 'direct') return say('about_direct');
  if (face.nature === 'group') return say('about_group');
  const kind = ['private', 'invited'].includes(face.access) ? face.access : 'open';
  const access = face.is_told ? say(`about_${kind}`) : '';
  const slow = face.slow ? say('about_slow', { span: say('seconds', { n: face.slow }) }) : '';
  return [face.title ? name : '', access, slow].filter(Boolean).join(' · ');
}

/// What is known of a person, in a few words, as seen in `room`: `rooms` are those that one is in.
export function person_words(name, room, rooms) {
  const key = name.toLowerCase();
  const is_in = ({ presence }) => presence.sorted().some((each) => each.toLowerCase() === key);
  const others = rooms.filter((each) => each !== room && each.face.nature === 'room' && is_in(each)).map((each) => each.name);
  const shown = others.length > 5 ? [...others.slice(0, 5), say('other_rooms', { n: others.length - 5 })] : others;
  const role = room.face.role_of(name);
  return [
    role ? say(`role_here_${role}`) : '',
    is_in(room) ? say('here_now') : '',
    shown.length ? say('also_in', { rooms: shown.join(', ') }) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/// `Ann is typing`, `Ann and Bob are typing`, `Ann, Bob and 3 others are typing`, or nothing.
export function typing_words(users) {
  if (!users.length) return '';
  const [a, b, ...others] = users;
  if (!b) return say('typing_one', { a });
  return others.length ? say('typing_more', { a, b, n: others.length }) : say('typing_two', { a, b });
}

/// `Today`, `Yesterday`, or the date; with the year where it is another one.
export function day_words(date, today) {
  const day = day_key(date);
  if (day === day_key(today)) return say('today');
  if (day === day_key(new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1))) return say('yesterday');
  return date_words(date, today);
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
  if (!name) return say('enter_name');
  if (['deleted', 'system'].includes(name.toLowerCase())) return say('name_reserved');
  return /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(name) ? '' : say('name_rule');
}

export function room_name_fault(name) {
  if (!name) return say('enter_room_name');
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) ? '' : say('room_name_rule');
}

/// Near its end the field says how much more it takes: `12 characters left`.
export function left_words(text) {
  const left = max_text_bytes - bytes_of(text);
  return left >= 0 && left <= 300 ? say('left_letters', { n: left }) : '';
}

export function text_fault(text) {
  if (text.includes('\0')) return plain({ code: 'bad_text' });
  const over = letters_over(text, max_text_bytes);
  return over ? say('too_long_letters', { n: over }) : '';
}
