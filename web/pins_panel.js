/// The list of a room's pinned messages. It shows what it is told and says what the person does.

import { moment_words, quoted } from '../clients/js/src/text.js';
import { actions, status_line } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { say } from './say_more.js';

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class pins_panel {
  constructor(acts) {
    this.acts = acts;
    this.#make_dialog();
  }

  open() {
    this.dialog.showModal();
    this.acts.pins_shown();
  }

  /// Another room, or none.
  reset() {
    this.dialog.close();
    renew(this.list, []);
  }

  /// `list` are messages, oldest first; `busy`: the server is asked for more.
  show({ list, busy, fault }) {
    renew(
      this.list,
      list.map(({ seq, from, text, at }) =>
        element(
          'li',
          { dataset: { seq } },
          element('p', {}, `${from}, ${moment_words(new Date(at))}: ${quoted(text)}`),
          element('button', { type: 'button', className: 'quiet', dataset: { seq, focus: `pin-${seq}` } }, say('show')),
        ),
      ),
    );
    this.words.textContent = fault || (list.length ? '' : say(busy ? 'pins_asking' : 'pins_none'));
  }

  #make_dialog() {
    this.list = element('ol', { id: 'pins-list', className: 'record', 'aria-labelledby': 'pins-title' });
    this.words = status_line({ id: 'pins-words' });
    this.dialog = element(
      'dialog',
      { id: 'pins', 'aria-labelledby': 'pins-title' },
      element('h2', { id: 'pins-title', say: 'pinned_messages' }),
      this.list,
      this.words,
      actions(
        element('button', { type: 'button', className: 'quiet', say: 'close', onclick: () => this.dialog.close() }),
      ),
    );
    document.body.append(this.dialog);
    this.list.addEventListener('click', (event) => {
      const { seq } = event.target.closest('button')?.dataset ?? {};
      if (!seq) return;
      this.dialog.close();
      this.acts.jump(Number(seq));
    });
  }
}
