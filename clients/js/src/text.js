/// Texts, names, numbers and times, as people read and sort them. Pure.

import { kept, say } from './saying.js';

/// A text as it is quoted: in one line, and not all of a long one.
export function quoted(text, most = 120) {
  const letters = [...text.replace(/\s+/g, ' ')];
  return say('quote', { text: letters.length > most ? `${letters.slice(0, most).join('')}…` : letters.join('') });
}

const collator = kept(({ locale }) => new Intl.Collator(locale, { numeric: true }));

/// Compares names as a person sorts them: `room-2` is before `room-10`.
export function in_order(a, b) {
  return collator().compare(a, b);
}

/// A key for the local day of a date.
export function day_key(date) {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/// A time in the reader's own zone: only the time where it is on the same day as `now`, the year where it is another.
export function until_words(date, now) {
  if (day_key(date) === day_key(now)) return clock_words(date);
  return `${date_words(date, now)}, ${clock_words(date)}`;
}

const clock = kept(({ locale, hourCycle }) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle }));
const moment = kept(({ locale, hourCycle }) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium', hourCycle }));
const long_day = { weekday: 'long', day: 'numeric', month: 'long' };
const day = kept(({ locale }) => new Intl.DateTimeFormat(locale, long_day));
const day_of_a_year = kept(({ locale }) => new Intl.DateTimeFormat(locale, { ...long_day, year: 'numeric' }));

/// `09:41`, in the reader's own way.
export function clock_words(date) {
  return clock().format(date);
}

/// Day and time in full.
export function moment_words(date) {
  return moment().format(date);
}

/// `Tuesday, 1 December`; with the year where that is another one than now.
export function date_words(date, now) {
  return (date.getFullYear() === now.getFullYear() ? day() : day_of_a_year()).format(date);
}

/// Whether there is nothing to see in a text.
export function is_blank(text) {
  return /^[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*$/.test(text);
}

/// A text that UTF-8 can hold: half an emoji, as cutting leaves it, becomes a sign for what can't be shown.
export function well_formed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

/// What a message may have, in UTF-8.
export const max_text_bytes = 4096;
export function bytes_of(text) {
  return new TextEncoder().encode(text).length;
}
