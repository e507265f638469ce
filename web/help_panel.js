/// The page's list of shortcuts.

import { commands } from './commands.js';
import { element } from './elements.js';
import { shortcuts, shown_keys } from './keys.js';

export class help_panel {
  constructor() {
    const lines = shortcuts.map(({ keys, words }) => line(keys.flatMap((each, at) => [at ? ' or ' : '', ...pressed(each)]), words));
    this.dialog = element(
      'dialog',
      { id: 'help', 'aria-labelledby': 'help-title' },
      element('h2', { id: 'help-title', tabIndex: -1 }, 'Keyboard shortcuts'),
      element('ul', { id: 'shortcuts' }, ...lines),
      element('h3', {}, 'In the message field'),
      element('ul', { id: 'commands' }, ...commands.map(({ shown, words }) => line([element('kbd', {}, shown)], words))),
      element('p', { className: 'actions' }, element('button', { type: 'button', className: 'quiet', onclick: () => this.reset() }, 'Close')),
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

function line(keys, words) {
  return element('li', {}, element('span', { className: 'keys' }, ...keys), element('span', {}, words));
}

function pressed(keys) {
  return shown_keys(keys).flatMap((each, at) => [at ? ' ' : '', element('kbd', {}, each)]);
}
