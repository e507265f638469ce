/// The page's choice of an emoji: for a message, or as a reaction to one. It shows what it is told and says what the person
/// does.

import { element, renew } from './elements.js';
import { found_emoji } from './emoji.js';
import { offered, reaction_fault } from './reactions.js';

const most_found = 64;

/// `recent` has `get()` and `set(signs)`: those that were used last. `table` is loaded when it is first used (see later.js);
/// `groups()` are the words of its groups.
export class emoji_panel {
  #chosen = null;
  #group = 0;

  constructor({ recent, table, groups, with_recent }) {
    Object.assign(this, { recent, table, groups, with_recent });
    this.#make();
  }

  /// Another room, or none.
  reset() {
    this.dialog.close();
  }

  /// Asks for one; resolves to it, or to null. `reacts`: for a reaction, which may be a short word, too.
  choose({ reacts = false } = {}) {
    this.#chosen = null;
    this.reacts = reacts;
    this.dialog.querySelector('form').reset();
    this.fault.textContent = '';
    this.title.textContent = reacts ? 'React' : 'Emoji';
    this.label.textContent = reacts ? 'Look for one, or enter a short word' : 'Look for one';
    this.use.hidden = !reacts;
    this.#show();
    this.dialog.showModal();
    this.field.focus();
    this.table.get().then(() => this.dialog.open && this.#show());
    return new Promise((resolve) => {
      this.dialog.addEventListener('close', () => resolve(this.#chosen), { once: true });
    });
  }

  #take(text) {
    const fault = reaction_fault(text);
    this.fault.textContent = fault;
    if (fault) return;
    this.#chosen = text;
    this.recent.set(this.with_recent(this.recent.get(), text));
    this.dialog.close();
  }

  #show() {
    const all = this.table.here ?? [];
    const wanted = this.field.value;
    const group = all.filter(({ group: of }) => of === this.#group);
    const shown = wanted ? found_emoji(all, wanted, most_found) : group;
    const last = this.recent.get().map((sign) => ({ sign, name: all.find((each) => each.sign === sign)?.name ?? sign }));
    this.last.hidden = Boolean(wanted);
    renew(this.last, (last.length ? last : offered.map((sign) => ({ sign, name: sign }))).map((each) => this.#button(each)));
    this.tabs.hidden = Boolean(wanted);
    renew(this.tabs, this.groups().map((words, at) => this.#tab(words, at)));
    renew(this.grid, shown.map((each) => this.#button(each)));
    this.none.textContent = !this.table.here ? 'Loading…' : shown.length ? '' : 'No emoji has that in its name.';
  }

  #button({ sign, name }) {
    const words = name.replaceAll('_', ' ');
    return element(
      'button',
      { type: 'button', className: 'emoji', title: words, 'aria-label': words === sign ? null : words, dataset: { sign }, onclick: () => this.#take(sign) },
      sign,
    );
  }

  #tab(words, at) {
    return element(
      'button',
      {
        type: 'button',
        className: 'link',
        'aria-pressed': String(at === this.#group),
        dataset: { focus: `group-${at}` },
        onclick: () => {
          this.#group = at;
          this.#show();
        },
      },
      words,
    );
  }

  /// Arrows go through the signs; the first one is below the field.
  #pressed(event) {
    const signs = [...this.dialog.querySelectorAll('.emoji')].filter((each) => each.checkVisibility());
    const at = signs.indexOf(document.activeElement);
    const is_field = document.activeElement === this.field;
    const across = at < 0 ? 1 : signs.filter((each) => each.offsetTop === signs[at].offsetTop).length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
    if (!step || !signs.length || (is_field && event.key !== 'ArrowDown') || (at < 0 && !is_field)) return;
    event.preventDefault();
    if (at + step < 0) this.field.focus();
    else signs[Math.min(signs.length - 1, is_field ? 0 : at + step)].focus();
  }

  #make() {
    this.title = element('h2', { id: 'reaction-title' });
    this.label = element('label', { htmlFor: 'reaction-own' });
    this.field = element('input', {
      id: 'reaction-own',
      type: 'search',
      autocomplete: 'off',
      spellcheck: false,
      'aria-describedby': 'reaction-fault',
      oninput: () => this.#show(),
    });
    this.fault = element('p', { id: 'reaction-fault', className: 'fault', role: 'alert' });
    this.use = element('button', { className: 'quiet' }, 'React');
    this.last = element('div', { id: 'reaction-offered', className: 'signs', role: 'group', 'aria-label': 'Used last' });
    this.tabs = element('div', { className: 'inline tabs', role: 'group', 'aria-label': 'Groups' });
    this.grid = element('div', { id: 'emoji-grid', className: 'signs', role: 'group', 'aria-label': 'Emoji' });
    this.none = element('p', { className: 'hint', role: 'status' });
    const close = element('button', { type: 'button', className: 'quiet', onclick: () => this.dialog.close() }, 'Cancel');
    this.dialog = element(
      'dialog',
      { id: 'reaction', 'aria-labelledby': 'reaction-title', onkeydown: (event) => this.#pressed(event) },
      element(
        'form',
        { noValidate: true },
        this.title,
        this.label,
        element('div', { className: 'inline' }, this.field, this.use),
        this.fault,
        this.last,
        this.tabs,
        this.grid,
        this.none,
        element('p', { className: 'actions' }, close),
      ),
    );
    this.dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      const first = this.grid.querySelector('.emoji');
      if (this.reacts) this.#take(this.field.value.trim());
      else if (first && this.field.value) this.#take(first.dataset.sign);
    });
    document.body.append(this.dialog);
  }
}
