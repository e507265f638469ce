/// The list of messages that mention this user. It shows what it is told and says what the person does.

import { shown_name } from '../clients/js/src/direct.js';
import { clock_words, moment_words, quoted } from '../clients/js/src/text.js';
import { actions, status_line } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { say } from './say_more.js';
import { day_words } from './words.js';

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class mention_panel {
  constructor(acts) {
    this.acts = acts;
    this.#make_dialog();
  }

  /// Somebody else signs in.
  reset() {
    this.dialog.close();
    renew(this.list, []);
  }

  /// `list` are `{room, seq, from, text, at}`, the newest first, null while they aren't here; `more`: there are earlier
  /// ones.
  show({ list, more, fault = '', me, now }) {
    renew(
      this.list,
      (list ?? []).map((each) => item(each, me, now)),
    );
    this.more.hidden = !more;
    this.words.textContent = fault || (!list ? say('loading') : list.length ? '' : say('mentions_none'));
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.acts.mentions_shown();
  }

  #make_dialog() {
    const close = { type: 'button', className: 'quiet', say: 'close', onclick: () => this.dialog.close() };
    const more = { id: 'mentions-more', type: 'button', className: 'quiet', hidden: true, say: 'show_earlier' };
    this.list = element('ol', { id: 'mentions-list', className: 'record', 'aria-labelledby': 'mentions-title' });
    this.more = element('button', { ...more, onclick: () => this.acts.more_mentions() });
    this.words = status_line({ id: 'mentions-words' });
    this.dialog = element(
      'dialog',
      { id: 'mentions', 'aria-labelledby': 'mentions-title' },
      element('h2', { id: 'mentions-title', tabIndex: -1, say: 'mentions' }),
      this.list,
      this.more,
      this.words,
      actions(element('button', close)),
    );
    this.list.addEventListener('click', (event) => {
      if (event.target.closest('a')) this.dialog.close();
    });
    document.body.append(this.dialog);
  }
}

function item({ room, seq, from, text, at }, me, now) {
  const date = new Date(at);
  const when = `${day_words(date, now)}, ${clock_words(date)}`;
  return element(
    'li',
    { dataset: { room, seq } },
    element(
      'p',
      {},
      element('strong', {}, say('in_room', { from, room: shown_name(room, me) })),
      ', ',
      element('time', { dateTime: date.toISOString(), title: moment_words(date) }, when),
      `: ${quoted(text)}`,
    ),
    element('a', { href: `#/${room}/${seq}`, 'aria-label': say('show_message_of', { from, room: shown_name(room, me) }) }, say('show')),
  );
}
