/// Parts that dialogs share.

import { element, said } from './elements.js';

/// A box or a point of several to choose, `input`, and the sentence of that key beside it.
export function choice_line(input, key) {
  return element('label', { className: 'check' }, input, ' ', said(key));
}

/// The place for what is wrong: it is read out at once.
export function fault_line({ id }) {
  return element('p', { id, className: 'fault', role: 'alert' });
}

/// The place for what was done, or isn't there yet.
export function status_line({ id } = {}) {
  return element('p', { id, className: 'hint', role: 'status' });
}

/// The buttons at the foot.
export function actions(...buttons) {
  return element('p', { className: 'actions' }, ...buttons);
}
