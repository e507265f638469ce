/// Elements of the page, made in code.

import { manner_now } from '../clients/js/src/saying.js';
import { fill } from './filling.js';
import { hue_of } from './words.js';

/// Properties that are keys of what the element says (see filling.js).
const spoken = { say: 'say', say_label: 'sayLabel', say_title: 'sayTitle', say_hint: 'sayHint' };

/// An element with properties and children. Text is only ever set as text.
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  let speaks = false;
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name in spoken) {
      node.dataset[spoken[name]] = value;
      speaks = true;
    } else if (name === 'dataset') Object.assign(node.dataset, value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && !is_word_for(node[name], value)) node[name] = value;
    else node.setAttribute(name, value);
  }
  if (speaks) fill(node);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/// Whether a property is yes or no, and its attribute takes a word for that, as `spellcheck` does.
function is_word_for(property, value) {
  return typeof property === 'boolean' && typeof value === 'string';
}

/// The sentence of that key as a part of an element.
export function said(key) {
  return element('span', { say: key });
}

/// One of the symbols at the top of index.html.
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function avatar(name) {
  return element(
    'span',
    { className: 'avatar', 'aria-hidden': 'true', dataset: { hue: hue_of(name) } },
    name.slice(0, 1).toUpperCase(),
  );
}

const made = new WeakMap();

/// The same as `renew` for a long list of which little changes: items are `{key, of, make}`, and only those are made anew of which
/// `of`, all that goes into them, is another thing now.
export function renew_each(list, items) {
  const before = made.get(list) ?? new Map();
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const now = new Map();
  let place = list.firstChild;
  for (const { key, of, make } of items) {
    const signature = `${manner_now()} ${JSON.stringify(of)}`;
    const known = before.get(key);
    const node = known?.signature === signature ? known.node : make();
    now.set(key, { signature, node });
    if (node === place) place = place.nextSibling;
    else {
      // The old one makes place, so that those behind it stay where they are.
      if (known && known.node === place && known.node !== node) {
        place = place.nextSibling;
        known.node.replaceWith(node);
      } else list.insertBefore(node, place);
    }
  }
  const kept = new Set([...now.values()].map(({ node }) => node));
  for (const node of [...list.children]) if (!kept.has(node)) node.remove();
  made.set(list, now);
  if (focused && !list.contains(document.activeElement))
    [...list.querySelectorAll('[data-focus]')].find((each) => each.dataset.focus === focused)?.focus();
}

const shown = new WeakMap();

/// Puts new items into a list, but leaves it alone where nothing changed, so that focus and selection stay. An item that
/// had the focus gets it back by its `data-focus`.
export function renew(list, items) {
  const next = items.map((item) => item.outerHTML).join('');
  if (shown.get(list) === next) return;
  shown.set(list, next);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  list.replaceChildren(...items);
  if (focused) [...list.querySelectorAll('[data-focus]')].find((each) => each.dataset.focus === focused)?.focus();
}
