/// Parts of a message in the list, besides its text: what it answers, the reactions to it.

import { element } from './elements.js';
import { count } from './words.js';

/// The message that this one answers, as far as it is here; pressed, it is shown.
export function quote_part({ seq, from, words }, on_jump) {
  return element(
    'button',
    { type: 'button', className: 'quote', dataset: { target: seq }, onclick: () => on_jump(seq) },
    from ? element('span', { className: 'quoted-author' }, from) : null,
    element('span', { className: 'quoted-text' }, words),
  );
}

/// The reactions with their counts. `on_react(text)`: pressed; null: this reader can't react.
export function reactions_part(reactions, on_react) {
  return element(
    'div',
    { className: 'reactions' },
    ...reactions.map(({ text, count: many, mine }) =>
      element(
        'button',
        {
          type: 'button',
          className: 'reaction',
          'aria-pressed': String(mine),
          'aria-label': `${text}: ${count(many, 'person', 'people')}${mine ? ', you too' : ''}`,
          title: mine ? 'Take it back' : 'React with it too',
          disabled: !on_react,
          dataset: { reaction: text, count: many },
          onclick: () => on_react(text),
        },
        element('span', {}, text),
        element('span', { className: 'many' }, many.toLocaleString()),
      ),
    ),
  );
}

/// What is said of a message behind its text.
export function remarks_part({ edited, pinned }) {
  return element(
    'p',
    { className: 'remarks' },
    edited ? element('span', { className: 'edited', title: edited }, 'Edited') : null,
    pinned ? element('span', { className: 'pinned' }, 'Pinned') : null,
  );
}
