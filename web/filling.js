/// The page's fixed texts: an element names the key of what stands in it, and of its label, title and hint. In index.html the
/// English stands beside it, as in `<h2 data-say="people">People</h2>`.

import { teach } from '../clients/js/src/saying.js';
import { say } from './say.js';

/// What of an element says something, by the name in its dataset.
const attributes = { sayLabel: 'aria-label', sayTitle: 'title', sayHint: 'placeholder' };
const filled = '[data-say], [data-say-label], [data-say-title], [data-say-hint]';

/// Has it say that from now on, in whatever language.
export function fill(node, key = node.dataset.say) {
  if (key !== undefined) {
    node.dataset.say = key;
    node.textContent = say(key);
  }
  for (const [name, attribute] of Object.entries(attributes))
    if (node.dataset[name] !== undefined) node.setAttribute(attribute, say(node.dataset[name]));
}

/// Says everything anew, in the language of now.
export function fill_all(root = document) {
  for (const node of root.querySelectorAll(filled)) fill(node);
}

/// Takes the English of the page as it was written, so that it is known in another language, too.
export function learn_from(root = document) {
  const said = {};
  for (const node of root.querySelectorAll(filled)) {
    if (node.dataset.say !== undefined) said[node.dataset.say] = node.textContent.trim().replace(/\s+/g, ' ');
    for (const [name, attribute] of Object.entries(attributes))
      if (node.dataset[name] !== undefined) said[node.dataset[name]] = node.getAttribute(attribute);
  }
  teach(said);
}
