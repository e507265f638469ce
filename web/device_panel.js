/// The part of the page's dialog about oneself that is about this device: how the page looks and speaks, and notifications. It
/// shows what it is told and says what the person does.

import { choice_line } from './dialog_parts.js';
import { element } from './elements.js';
import { languages } from './languages.js';
import { choices } from './own_device.js';
import { say } from './say_more.js';

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class device_panel {
  /// By their names, the fields of the choices.
  fields = new Map();

  constructor(acts) {
    this.acts = acts;
    const rows = Object.keys(choices).flatMap((name) => this.#row(name));
    this.looks = element('fieldset', { id: 'looks' }, element('legend', { say: 'look' }), ...rows);
    this.calls = element('input', { id: 'calls', type: 'checkbox', onchange: () => acts.choose_calls(this.calls.checked) });
    this.hint = element('p', { className: 'hint' });
    this.parts = [this.looks, choice_line(this.calls, 'calls'), this.hint];
  }

  /// `chosen` has a value for each of the choices, `calls` is the state of the notifications (see notifier.js).
  show({ chosen, calls }) {
    for (const [name, field] of this.fields) field.value = chosen[name];
    this.calls.checked = calls === 'on';
    this.calls.disabled = calls === 'denied' || calls === 'unsupported';
    this.hint.textContent = this.calls.disabled ? say(`calls_${calls}`) : '';
  }

  #row(name) {
    const field = element('select', { id: `look-${name}` }, ...choices[name].map((value) => option(name, value)));
    field.addEventListener('change', () => this.acts.choose_look(name, field.value));
    this.fields.set(name, field);
    return [element('label', { htmlFor: field.id, say: `look_${name}` }), field];
  }
}

/// A language is called as it calls itself, so that one finds it whatever the page speaks.
function option(name, value) {
  const its_own = name === 'language' ? languages[value]?.name : undefined;
  return its_own ? element('option', { value, lang: value }, its_own) : element('option', { value, say: `${name}_${value}` });
}
