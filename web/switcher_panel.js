/// The page's dialog for going somewhere by a part of its name. It shows what it is told and says what the person does.

import { element, icon } from './elements.js';
import { say } from './say_more.js';
import { found } from './switching.js';

const symbols = { room: 'hash', other: 'hash', person: 'people', command: 'more' };

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class switcher_panel {
  #all = [];
  #found = [];
  #chosen = 0;

  constructor(acts) {
    this.acts = acts;
    this.#make();
  }

  reset() {
    this.dialog.close();
  }

  open() {
    this.#all = this.acts.places();
    this.field.value = '';
    this.#show();
    this.dialog.showModal();
    this.field.focus();
  }

  #show() {
    this.#found = found(this.#all, this.field.value);
    this.#chosen = 0;
    this.list.replaceChildren(...this.#found.map((place, at) => this.#item(place, at)));
    this.none.hidden = this.#found.length > 0;
    this.#mark();
  }

  #item({ type, shown, unread }, at) {
    return element(
      'li',
      { id: `place-${at}`, role: 'option', dataset: { at } },
      icon(symbols[type]),
      element('span', { className: 'name' }, shown),
      unread ? element('span', { className: 'badge quiet-badge' }, unread > 99 ? '99+' : String(unread)) : null,
      element('span', { className: 'hint' }, say(`place_${type}`)),
    );
  }

  #mark() {
    for (const [at, node] of [...this.list.children].entries()) node.setAttribute('aria-selected', String(at === this.#chosen));
    const chosen = this.list.children[this.#chosen];
    chosen?.scrollIntoView({ block: 'nearest' });
    if (chosen) this.field.setAttribute('aria-activedescendant', chosen.id);
    else this.field.removeAttribute('aria-activedescendant');
  }

  #choose(at) {
    const place = this.#found[at];
    if (!place) return;
    this.dialog.close();
    this.acts.go_to(place);
  }

  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) {
      this.#chosen = (this.#chosen + step + this.#found.length) % this.#found.length;
      this.#mark();
    } else if (event.key === 'Enter' && !event.isComposing) this.#choose(this.#chosen);
    else return;
    event.preventDefault();
  }

  #make() {
    this.field = element('input', {
      id: 'switcher-text',
      type: 'search',
      say_hint: 'go_to_hint',
      autocomplete: 'off',
      spellcheck: 'false',
      role: 'combobox',
      say_label: 'go_to',
      'aria-expanded': 'true',
      'aria-controls': 'places',
      oninput: () => this.#show(),
      onkeydown: (event) => this.#pressed(event),
    });
    this.list = element('ul', { id: 'places', role: 'listbox', say_label: 'places' });
    this.list.addEventListener('click', (event) => {
      const { at } = event.target.closest('li')?.dataset ?? {};
      if (at !== undefined) this.#choose(Number(at));
    });
    this.none = element('p', { className: 'hint', hidden: true, say: 'places_none' });
    this.dialog = element('dialog', { id: 'switcher', say_label: 'go_to_place' }, this.field, this.list, this.none);
    document.body.append(this.dialog);
  }
}
