/// Messages as a log of plain lines, for whoever copies several of them. Pure.

import { clock_words, day_key } from '../clients/js/src/text.js';

/// `messages` are `{from, at, text}`, `at` a date. A day stands before its messages where there is more than one.
export function log_lines(messages) {
  const days = new Set(messages.map(({ at }) => day_key(at)));
  let day = '';
  return messages
    .flatMap(({ from, at, text }) => {
      const head = days.size > 1 && day_key(at) !== day ? [day_key(at)] : [];
      day = day_key(at);
      return [...head, `[${clock_words(at)}] ${from}: ${text.trim()}`];
    })
    .join('\n');
}
