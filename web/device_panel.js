/// The part of the page's dialog about oneself that is about this device: how close the messages stand, and notifications. It
/// shows what it is told and says what the person does.

import { element } from './elements.js';
import { densities } from './own_device.js';

const hints = {
  denied: 'The browser forbids it for this page: its own settings can allow it.',
  unsupported: 'This browser can’t.',
};

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class device_panel {
  constructor(acts) {
    this.acts = acts;
    const choices = densities.map(({ density, words }) =>
      element(
        'label',
        { className: 'check' },
        element('input', { type: 'radio', name: 'density', value: density, onchange: () => acts.choose_density(density) }),
        ` ${words}`,
      ),
    );
    this.densities = element('fieldset', {}, element('legend', {}, 'Messages on this device'), ...choices);
    this.calls = element('input', { id: 'calls', type: 'checkbox', onchange: () => acts.choose_calls(this.calls.checked) });
    this.hint = element('p', { className: 'hint' });
    const words = ' Notify me of mentions and direct messages while I don’t look at the page';
    this.parts = [this.densities, element('label', { className: 'check' }, this.calls, words), this.hint];
  }

  /// `calls` is the state of the notifications (see notifier.js).
  show({ density, calls }) {
    for (const choice of this.densities.querySelectorAll('input')) choice.checked = choice.value === density;
    this.calls.checked = calls === 'on';
    this.calls.disabled = calls === 'denied' || calls === 'unsupported';
    this.hint.textContent = hints[calls] ?? '';
  }
}
