/// What the page asks about messages: which reaction, which pinned one, and the line above the message field that says
/// what is answered or edited. It shows what it is told and says what the person does. Its elements are made here.

import { element, icon, renew } from './elements.js';
import { offered, reaction_fault } from './reactions.js';
import { moment_words, quoted } from './words.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class message_panels {
  #chosen = null;

  constructor(acts) {
    this.acts = acts;
    this.#make_bar();
    this.#make_reaction();
    this.#make_pins();
  }

  /// Another room, or none.
  reset() {
    this.reaction.close();
    this.pins.close();
    this.show_composing('');
  }

  // ---- the field -------------------------------------------------------------------------------------------------

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
          'aria-label': 'Write something new instead',
          title: 'Write something new instead',
          onclick: () => this.acts.cancel_composing(),
        },
        icon('close'),
      ),
    );
    by_id('typing').after(this.bar);
  }

  // ---- reactions -------------------------------------------------------------------------------------------------

  /// Asks for a reaction; resolves to it, or to null.
  choose_reaction() {
    this.#chosen = null;
    this.reaction.querySelector('form').reset();
    this.reaction_fault.textContent = '';
    this.reaction.showModal();
    return new Promise((resolve) => {
      this.reaction.addEventListener('close', () => resolve(this.#chosen), { once: true });
    });
  }

  #choose(text) {
    const fault = reaction_fault(text);
    this.reaction_fault.textContent = fault;
    if (fault) return;
    this.#chosen = text;
    this.reaction.close();
  }

  #make_reaction() {
    const own = element('input', { id: 'reaction-own', autocomplete: 'off', 'aria-describedby': 'reaction-fault' });
    this.reaction_fault = element('p', { id: 'reaction-fault', className: 'fault', role: 'alert' });
    const emoji = offered.map((text) =>
      element('button', { type: 'button', className: 'quiet', onclick: () => this.#choose(text) }, text),
    );
    this.reaction = element(
      'dialog',
      { id: 'reaction', 'aria-labelledby': 'reaction-title' },
      element(
        'form',
        { noValidate: true },
        element('h2', { id: 'reaction-title' }, 'React'),
        element('div', { id: 'reaction-offered', className: 'inline' }, ...emoji),
        element('label', { htmlFor: 'reaction-own' }, 'Or with another emoji, or a short word'),
        element('div', { className: 'inline' }, own, element('button', { className: 'quiet' }, 'React')),
        this.reaction_fault,
        element(
          'p',
          { className: 'actions' },
          element('button', { type: 'button', className: 'quiet', onclick: () => this.reaction.close() }, 'Cancel'),
        ),
      ),
    );
    this.reaction.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#choose(own.value.trim());
    });
    document.body.append(this.reaction);
  }

  // ---- pins ------------------------------------------------------------------------------------------------------

  /// The pinned messages that are here, oldest first.
  show_pins(entries) {
    this.pins_open.hidden = !entries.length;
    renew(
      this.pins_list,
      entries.map(({ seq, from, text, at }) =>
        element(
          'li',
          { dataset: { seq } },
          element('p', {}, `${from}, ${moment_words(new Date(at))}: ${quoted(text)}`),
          element('button', { type: 'button', className: 'quiet', dataset: { seq, focus: `pin-${seq}` } }, 'Show'),
        ),
      ),
    );
  }

  #make_pins() {
    this.pins_list = element('ol', { id: 'pins-list', className: 'record', 'aria-labelledby': 'pins-title' });
    this.pins = element(
      'dialog',
      { id: 'pins', 'aria-labelledby': 'pins-title' },
      element('h2', { id: 'pins-title' }, 'Pinned messages'),
      element('p', { className: 'hint' }, 'Of the messages that are loaded here.'),
      this.pins_list,
      element(
        'p',
        { className: 'actions' },
        element('button', { type: 'button', className: 'quiet', onclick: () => this.pins.close() }, 'Close'),
      ),
    );
    document.body.append(this.pins);
    this.pins_open = element(
      'button',
      { id: 'pins-open', type: 'button', className: 'quiet', hidden: true, onclick: () => this.pins.showModal() },
      'Pinned messages',
    );
    by_id('membership').before(this.pins_open);
    this.pins_list.addEventListener('click', (event) => {
      const { seq } = event.target.closest('button')?.dataset ?? {};
      if (!seq) return;
      this.pins.close();
      this.acts.jump(Number(seq));
    });
  }
}
