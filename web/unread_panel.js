/// The line above the messages of a room that is read from where one stopped: how much is new, since when, and the ways past
/// it. `unread_words` is pure.

import { clock_words, day_key } from '../clients/js/src/text.js';
import { element } from './elements.js';
import { say } from './say.js';
import { day_words } from './words.js';

/// `300 new messages since 09:41`; empty where nothing is new, or the reader is at the end.
export function unread_words({ unread, unread_from, log }, { watching, now }) {
  if (watching || !unread || !unread_from) return '';
  const first = log.entries.find(({ seq }) => seq >= unread_from);
  if (!first) return say('new_messages', { n: unread });
  const at = new Date(first.at);
  const day = day_key(at) === day_key(now) ? '' : `${day_words(at, now)}, `;
  return say('new_since', { n: unread, when: `${day}${clock_words(at)}` });
}

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class unread_panel {
  constructor(acts) {
    const button = (id, key, act) => element('button', { id, type: 'button', className: 'link', say: key, onclick: act });
    this.words = element('span', { id: 'unread-words' });
    this.bar = element(
      'p',
      { id: 'unread-bar', hidden: true },
      this.words,
      button('unread-latest', 'jump_to_newest', () => acts.to_latest()),
      button('unread-read', 'mark_as_read', () => acts.mark_read()),
    );
    document.getElementById('scroller').before(this.bar);
  }

  show(words) {
    this.bar.hidden = !words;
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}
