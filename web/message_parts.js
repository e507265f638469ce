/// Parts of a message in the list: its text, what it answers, the reactions to it.

import { with_names } from '../clients/js/src/mentions.js';
import { number_words } from '../clients/js/src/saying.js';
import { element } from './elements.js';
import { with_links } from './links.js';
import { blocks_of, may_be_marked } from './markdown.js';
import { say } from './say.js';

const most_lines = 40;

/// The words of a message: addresses are links, and what mentions the reader stands out. `named` are the words that do.
/// `plain`: signs are shown as they were written. Many lines are in a window of their own, so that nobody has to scroll
/// past them.
export function text_part(text, named = [], { plain = false } = {}) {
  const long = text.split('\n').length > most_lines;
  const marked = !plain && may_be_marked(text);
  return element(
    marked ? 'div' : 'p',
    { className: ['text', long ? 'long' : ''].filter(Boolean).join(' '), dir: 'auto', ...(long ? { tabIndex: 0 } : {}) },
    ...(marked ? blocks_of(text).map((block) => block_part(block, named)) : with_links(text).flatMap((part) => words(part, named))),
  );
}

function words({ text, href }, named) {
  if (href) return [element('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, text)];
  return with_names(text, named).map((each) => (each.named ? element('mark', { className: 'named' }, each.text) : each.text));
}

function block_part(block, named) {
  switch (block.type) {
    case 'code':
      return fence_part(block);
    case 'quote':
      return element('blockquote', {}, ...block.blocks.map((each) => block_part(each, named)));
    case 'list':
      return element(
        block.start ? 'ol' : 'ul',
        { className: 'said-list', ...(block.start ? { start: block.start } : {}) },
        ...block.items.map(({ parts }) => element('li', {}, ...inline_parts(parts, named))),
      );
    default:
      return element('span', { className: 'said' }, ...inline_parts(block.parts, named));
  }
}

const tags = { bold: 'strong', italic: 'em', strike: 's' };

function inline_parts(parts, named) {
  return parts.flatMap((part) => {
    if (part.code !== undefined) return [element('code', {}, part.code)];
    if (part.type === 'spoiler') return [spoiler_part(inline_parts(part.parts, named))];
    if (part.type) return [element(tags[part.type], {}, ...inline_parts(part.parts, named))];
    return words(part, named);
  });
}

/// Hidden from everybody until it is pressed.
function spoiler_part(content) {
  const button = element('button', { type: 'button', className: 'spoiler', title: say('show_it') }, say('spoiler'));
  button.addEventListener('click', () => button.replaceWith(element('span', { className: 'spoiled' }, ...content)), { once: true });
  return button;
}

function fence_part({ language, text }) {
  const copy = element('button', { type: 'button', className: 'link', 'aria-label': say('copy_code') }, say('copy'));
  copy.addEventListener('click', async () => {
    await navigator.clipboard?.writeText(text);
    copy.textContent = say('copied');
  });
  return element(
    'div',
    { className: 'fence' },
    element('p', { className: 'fence-head' }, element('span', {}, language), copy),
    element('pre', { tabIndex: 0, dir: 'ltr' }, element('code', {}, text)),
  );
}

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
          'aria-label': say(mine ? 'reaction_mine' : 'reaction', { text, n: many }),
          title: say(mine ? 'take_it_back' : 'react_too'),
          disabled: !on_react,
          dataset: { reaction: text, count: many },
          onclick: () => on_react(text),
        },
        element('span', {}, text),
        element('span', { className: 'many' }, number_words(many)),
      ),
    ),
  );
}

/// What is said of a message behind its text.
export function remarks_part({ edited, pinned }) {
  return element(
    'p',
    { className: 'remarks' },
    edited ? element('span', { className: 'edited', title: edited }, say('edited')) : null,
    pinned ? element('span', { className: 'pinned' }, say('pinned')) : null,
  );
}
