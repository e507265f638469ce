/// The line above the message field that says what is answered or edited. It shows what it is told and says what the person does.

import { element, icon } from './elements.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class composing_panel {
  constructor(acts) {
    this.acts = acts;
    this.#make_bar();
  }

  /// Another room, or none.
  reset() {
    this.show_composing('');
  }

  /// What is answered or edited, in words; empty: nothing.
  show_composing(words) {
    this.bar.hidden = !words;
    this.bar_words.textContent = words;
  }

  get composes() {
    return !this.bar.hidden;
  }

  #make_bar() {
    this.bar_words = element('span', { id: 'composing-words' });
    this.bar = element(
      'p',
      { id: 'composing', hidden: true },
      this.bar_words,
      element(
        'button',
        {
          type: 'button',
          className: 'round small',
          say_label: 'write_anew',
          say_title: 'write_anew',
          onclick: () => this.acts.cancel_composing(),
        },
        icon('close'),
      ),
    );
    by_id('typing').after(this.bar);
  }
}
