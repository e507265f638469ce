/// The page's choice of an emoji: for a message, or as a reaction to one. It shows what it is told and says what the person
/// does.

import { actions, fault_line, status_line } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { found_emoji } from './emoji.js';
import { fill } from './filling.js';
import { offered, reaction_fault } from './reactions.js';
import { say } from './say_more.js';

const most_found = 64;

/// `recent` has `get()` and `set(signs)`: those that were used last. `table` is loaded when it is first used (see later.js);
/// `groups()` is how many groups it has.
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
    fill(this.title, reacts ? 'deed_react' : 'emoji');
    fill(this.label, reacts ? 'emoji_or_word' : 'emoji_look_for');
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
    renew(this.tabs, Array.from({ length: this.groups() }, (_, at) => this.#tab(at)));
    renew(this.grid, shown.map((each) => this.#button(each)));
    this.none.textContent = !this.table.here ? say('loading') : shown.length ? '' : say('emoji_none');
  }

  #button({ sign, name }) {
    const words = name.replaceAll('_', ' ');
    return element(
      'button',
      { type: 'button', className: 'emoji', title: words, 'aria-label': words === sign ? null : words, dataset: { sign }, onclick: () => this.#take(sign) },
      sign,
    );
  }

  #tab(at) {
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
      say(`emoji_group_${at}`),
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
      spellcheck: 'false',
      'aria-describedby': 'reaction-fault',
      oninput: () => this.#show(),
    });
    this.fault = fault_line({ id: 'reaction-fault' });
    this.use = element('button', { className: 'quiet', say: 'deed_react' });
    this.last = element('div', { id: 'reaction-offered', className: 'signs', role: 'group', say_label: 'emoji_recent' });
    this.tabs = element('div', { className: 'inline tabs', role: 'group', say_label: 'emoji_groups' });
    this.grid = element('div', { id: 'emoji-grid', className: 'signs', role: 'group', say_label: 'emoji' });
    this.none = status_line();
    const close = element('button', { type: 'button', className: 'quiet', say: 'cancel', onclick: () => this.dialog.close() });
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
        actions(close),
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
