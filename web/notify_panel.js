/// The choice of what one wants to be called for in the open room. It shows what it is told and says what the person does.

import { element } from './elements.js';
import { levels } from './notify.js';

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class notify_panel {
  constructor(acts) {
    this.choice = element(
      'select',
      { id: 'notify', onchange: () => acts.set_notify(this.choice.value) },
      ...levels.map((level) => element('option', { value: level, say: `notify_${level}` })),
    );
    this.part = element(
      'p',
      { id: 'notify-part', className: 'stack', hidden: true },
      element('label', { htmlFor: 'notify', say: 'notify_for' }),
      this.choice,
    );
    document.getElementById('membership').before(this.part);
  }

  /// `level`; null: it can't be chosen here.
  show(level) {
    this.part.hidden = level === null;
    if (level !== null && document.activeElement !== this.choice) this.choice.value = level;
  }
}
