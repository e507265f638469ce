import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const read = (name) => readFileSync(new URL(`../../web/${name}`, import.meta.url), 'utf8');
const style = read('style.css');
const sheet = read('colours.css');

/// The colours of a theme by their names.
function colours(block) {
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
}
const light = colours(sheet.match(/^:root \{.*?^\}/ms)[0]);
const [, of_system] = sheet.match(/prefers-color-scheme: dark\) \{\s*:root:not\(\[data-theme="light"\]\) \{(.*?)\}/s);
const [, of_choice] = sheet.match(/:root\[data-theme="dark"\] \{\s*color-scheme: dark;(.*?)\}/s);
const dark = { ...light, ...colours(of_system) };

test('Style: dark is the same, whether the system wants it or the person', () => {
  const rules = (block) => block.split('\n').map((line) => line.trim()).filter(Boolean);
  assert.deepEqual(rules(of_choice), rules(of_system));
  assert.ok(rules(of_system).length > 20);
});

/// WCAG 2.2's contrast ratio.
function contrast(a, b) {
  const [x, y] = [a, b].map((colour) => {
    const parts = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16) / 255);
    const [r, g, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue + 0.05;
  });
  return Math.max(x, y) / Math.min(x, y);
}

test('Style: words can be read in both themes, on whatever they stand (WCAG 1.4.3)', () => {
  for (const [theme, of] of Object.entries({ light, dark })) {
    for (const [ink, papers] of Object.entries({
      ink: ['paper', 'page', 'raised', 'hover', 'chosen', 'mention-paper'],
      soft: ['paper', 'page', 'raised', 'hover'],
      faint: ['paper', 'page', 'raised'],
      green: ['paper', 'page', 'raised', 'mention-paper'],
      mention: ['mention-paper'],
      warn: ['warn-paper'],
      bad: ['page', 'raised'],
    }))
      for (const paper of papers) assert.ok(contrast(of[ink], of[paper]) >= 4.5, `${theme}: ${ink} on ${paper}: ${contrast(of[ink], of[paper])}`);
  }
});

test('Style: the edges of fields and the ring around what has the focus can be seen (WCAG 1.4.11)', () => {
  for (const [theme, of] of Object.entries({ light, dark })) {
    for (const edge of ['line-strong', 'focus', 'mention'])
      for (const paper of ['paper', 'page', 'raised'])
        assert.ok(contrast(of[edge], of[paper]) >= 3, `${theme}: ${edge} on ${paper}: ${contrast(of[edge], of[paper])}`);
  }
});

test('Style: nothing says left or right, so that the page is mirrored where one writes from right to left', () => {
  const rules = style.replace(/\/\*.*?\*\//gs, '');
  assert.doesNotMatch(rules, /(?<![-\w])(?:left|right)\s*:|(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|float:/);
  assert.doesNotMatch(rules, /translateX\((?!calc\([^;]*--forward)/, 'what moves, moves the other way then');
  for (const [whole, property, top, right, bottom, left] of rules.matchAll(/(?<![-\w])(margin|padding|inset): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);/g))
    assert.equal(right, left, whole);
});
