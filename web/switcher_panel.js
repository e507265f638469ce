/// The page's dialog for going somewhere by a part of its name. It shows what it is told and says what the person does.

import { element, icon } from './elements.js';
import { found } from './switching.js';

const symbols = { room: 'hash', other: 'hash', person: 'people', command: 'more' };
const kinds = { room: 'your room', other: 'room', person: 'person', command: 'do' };

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
      element('span', { className: 'hint' }, kinds[type]),
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
      placeholder: 'A room, a person, something to do',
      autocomplete: 'off',
      spellcheck: false,
      role: 'combobox',
      'aria-label': 'Go to',
      'aria-expanded': 'true',
      'aria-controls': 'places',
      oninput: () => this.#show(),
      onkeydown: (event) => this.#pressed(event),
    });
    this.list = element('ul', { id: 'places', role: 'listbox', 'aria-label': 'Places' });
    this.list.addEventListener('click', (event) => {
      const { at } = event.target.closest('li')?.dataset ?? {};
      if (at !== undefined) this.#choose(Number(at));
    });
    this.none = element('p', { className: 'hint', hidden: true }, 'Nothing has that in its name.');
    this.dialog = element('dialog', { id: 'switcher', 'aria-label': 'Go to a room or a person' }, this.field, this.list, this.none);
    document.body.append(this.dialog);
  }
}
