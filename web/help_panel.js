/// The page's list of shortcuts.

import { commands } from './commands.js';
import { actions } from './dialog_parts.js';
import { element, said } from './elements.js';
import { shortcuts } from './keys.js';
import './say_more.js';

export class help_panel {
  constructor() {
    const lines = shortcuts.map(({ does, name = does, keys }) => line(keys.flatMap((each, at) => [...(at ? [' ', said('or'), ' '] : []), ...pressed(each)]), `shortcut_${name}`));
    const examples = commands.map((command) => line([element('kbd', { say: `example_${command}` })], `does_${command}`));
    this.dialog = element(
      'dialog',
      { id: 'help', 'aria-labelledby': 'help-title' },
      element('h2', { id: 'help-title', tabIndex: -1, say: 'shortcuts' }),
      element('ul', { id: 'shortcuts' }, ...lines),
      element('h3', { say: 'shortcuts_field' }),
      element('ul', { id: 'commands' }, ...examples),
      actions(element('button', { type: 'button', className: 'quiet', say: 'close', onclick: () => this.reset() })),
    );
    document.body.append(this.dialog);
  }

  open() {
    this.dialog.showModal();
  }

  reset() {
    this.dialog.close();
  }
}

function line(keys, key) {
  return element('li', {}, element('span', { className: 'keys' }, ...keys), said(key));
}

const arrows = { ArrowDown: '↓', ArrowUp: '↑' };
const with_names = ['Ctrl', 'Shift', 'Escape'];

/// The keys of a shortcut, as they are called on a keyboard of the language.
function pressed(keys) {
  const key = (each) => (with_names.includes(each) ? element('kbd', { say: `key_${each}` }) : element('kbd', {}, arrows[each] ?? each));
  return keys.split('+').flatMap((each, at) => [at ? ' ' : '', key(each)]);
}
