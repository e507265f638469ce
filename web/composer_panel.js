/// The page's message field, and the list of names and emoji that it offers. It shows what it is told and says what the person does.

import { avatar, element, icon, renew } from './elements.js';
import { say } from './say.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`. `said()` is called when something new was
/// said, `toast(text)` shows a note, `announce(text)` tells screen readers.
export class composer_panel {
  #names = [];
  #signs = [];
  #chosen = 0;
  /// The text for which the person wants no names.
  #unwanted = null;

  constructor(acts, { said, toast, announce }) {
    Object.assign(this, { acts, said, toast, announce });
    this.field = by_id('composer-text');
    // Where keys are on the screen, Enter begins a line, and the button sends.
    this.touched = matchMedia('(hover: none) and (pointer: coarse)');
    this.left_words = element('span', { id: 'composer-left' });
    by_id('composer-fault').before(this.left_words);
    this.#make_offers();
    this.#make_emoji();
    this.#wire();
    this.#wire_files();
  }

  get text() {
    return this.field.value;
  }
  /// The place before which something is typed.
  get caret() {
    return this.field.selectionStart;
  }

  focus() {
    if (!by_id('talk').hidden) this.field.focus();
  }

  /// Another text in the field, for somebody who goes on with it at `caret`.
  put(text, caret = text.length) {
    this.replace(text);
    this.focus();
    this.field.setSelectionRange(caret, caret);
  }

  /// The same, wherever the person is.
  replace(text) {
    this.field.value = text;
    this.#fit();
    this.left('');
    this.offer([]);
  }

  fault(text) {
    by_id('composer-fault').textContent = text;
  }

  /// How much more the field takes, in words.
  left(text) {
    this.left_words.textContent = text;
  }

  #fit() {
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight, 200)}px`;
  }

  #wire() {
    const { field } = this;
    field.addEventListener('input', () => {
      this.#unwanted = null;
      this.#fit();
      this.acts.typed(field.value);
    });
    field.addEventListener('keydown', (event) => {
      // Of the Enter that ends a composition some browsers only tell the old key code.
      if (event.isComposing || event.keyCode === 229) return;
      if (this.#names.length && this.#choose_by(event)) return;
      if (event.key === 'ArrowUp' && !field.value && !event.altKey) {
        event.preventDefault();
        this.acts.edit_last();
      }
      if (event.key !== 'Enter' || event.shiftKey || this.touched.matches) return;
      event.preventDefault();
      by_id('composer').requestSubmit();
    });
    field.addEventListener('blur', () => this.offer([]));
    by_id('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      const said = this.acts.say(field.value);
      if (!said) return;
      this.put(said.draft);
      if (said.anew) this.said();
    });
  }

  /// A browser would leave the page for a file that is dropped on it.
  #wire_files() {
    const refuse = (event, files) => {
      if (!files?.length) return;
      event.preventDefault();
      if (event.type !== 'dragover') this.toast(say('no_files'));
    };
    this.field.addEventListener('paste', (event) => refuse(event, event.clipboardData?.files));
    for (const type of ['dragover', 'drop'])
      document.addEventListener(type, (event) => refuse(event, event.dataTransfer?.types.includes('Files') ? ['file'] : []));
  }

  // ---- names -----------------------------------------------------------------------------------------------------

  /// Offers these names in the place of the one that is begun before the caret; none: hides the list. `signs` are those of
  /// emoji, in the same order.
  offer(names, signs = []) {
    const all = this.text === this.#unwanted || document.activeElement !== this.field ? [] : names;
    if (all.join() === this.#names.join()) return;
    const opened = all.length && !this.#names.length;
    this.#names = all;
    this.#signs = signs;
    this.#chosen = 0;
    this.#show_offers();
    if (opened) this.announce(say('names_offered', { n: all.length }));
  }

  #show_offers() {
    this.offers.hidden = !this.#names.length;
    renew(
      this.offers,
      this.#names.map((name, place) =>
        element(
          'li',
          { id: `offer-${place}`, role: 'option', 'aria-selected': String(place === this.#chosen), dataset: { name } },
          this.#signs.length ? element('span', { className: 'sign', 'aria-hidden': 'true' }, this.#signs[place]) : avatar(name),
          element('span', { className: 'name' }, this.#signs.length ? `:${name}:` : name),
        ),
      ),
    );
    if (this.#names.length) this.field.setAttribute('aria-activedescendant', `offer-${this.#chosen}`);
    else this.field.removeAttribute('aria-activedescendant');
  }

  /// Whether the key is for the list.
  #choose_by(event) {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      this.#chosen = (this.#chosen + step + this.#names.length) % this.#names.length;
      this.#show_offers();
    } else if (key === 'Escape') {
      this.#unwanted = this.text;
      this.offer([]);
    } else if ((key === 'Enter' || key === 'Tab') && !event.shiftKey) this.acts.complete(this.#names[this.#chosen]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #make_emoji() {
    const button = element(
      'button',
      { id: 'emoji-open', type: 'button', className: 'round', say_label: 'emoji', say_title: 'emoji', 'aria-haspopup': 'dialog' },
      icon('smile'),
    );
    button.addEventListener('click', () => this.acts.choose_emoji());
    by_id('composer-send').before(button);
  }

  #make_offers() {
    this.offers = element('ul', { id: 'offers', role: 'listbox', say_label: 'offers', hidden: true });
    by_id('typing').after(this.offers);
    for (const [name, value] of Object.entries({
      dir: 'auto',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-controls': 'offers',
    }))
      this.field.setAttribute(name, value);
    if (this.touched.matches) this.field.setAttribute('enterkeyhint', 'enter');
    // The field keeps the focus.
    this.offers.addEventListener('mousedown', (event) => event.preventDefault());
    this.offers.addEventListener('click', (event) => {
      const { name } = event.target.closest('li')?.dataset ?? {};
      if (name) this.acts.complete(name);
    });
  }
}
