import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { english as of_client } from '../../clients/js/src/english.js';
import { english } from '../../web/english.js';
import { english_more } from '../../web/english_more.js';
import { german } from '../../web/german.js';
import { language_of, languages } from '../../web/languages.js';
import { choices } from '../../web/own_device.js';

const web = new URL('../../web/', import.meta.url);
const client = new URL('../../clients/js/src/', import.meta.url);
const read = (name, folder = web) => readFileSync(new URL(name, folder), 'utf8');
const is_table = (name) => /^(english|german)/.test(name);
const code_of = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.js') && !is_table(name) && !['emoji_data.js', 'sw.js'].includes(name))
    .map((name) => ({ name, text: read(name, folder).replace(/(^|\s)\/\/.*$/gm, '$1') }));
const page = read('index.html');

/// The fixed texts of index.html, in English, by their keys.
function fixed_texts() {
  const found = [];
  for (const [, key, text] of page.matchAll(/ data-say="(\w+)"[^<>]*>([^<>]*)</g)) found.push([key, text.trim().replace(/\s+/g, ' ')]);
  for (const [attribute, name] of [
    ['aria-label', 'label'],
    ['title', 'title'],
    ['placeholder', 'hint'],
  ])
    for (const [tag, key] of page.matchAll(new RegExp(`<[^<>]* data-say-${name}="(\\w+)"[^<>]*>`, 'g')))
      found.push([key, tag.match(new RegExp(` ${attribute}="([^"]*)"`))[1]]);
  return found;
}
const fixed = Object.fromEntries(fixed_texts());
const all = { ...of_client, ...english, ...english_more, ...fixed };
const forms = (sentence) => (typeof sentence === 'string' ? [sentence] : Object.values(sentence));
const values_in = (sentence) => [...new Set(forms(sentence).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

test('Languages: each has a sentence for every key, with the same values in it', () => {
  assert.deepEqual(Object.keys(german).sort(), Object.keys(all).sort());
  for (const [key, sentence] of Object.entries(german)) {
    assert.deepEqual(values_in(sentence), values_in(all[key]), key);
    assert.equal(typeof sentence, typeof all[key], `${key}: with forms for numbers, or without`);
    for (const form of forms(sentence)) assert.ok(form.trim() && !form.includes('undefined'), key);
  }
});

test('Languages: of a sentence with numbers there are the forms that the language has', () => {
  for (const [language, table] of Object.entries({ en: all, de: german })) {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, sentence] of Object.entries(table)) {
      if (typeof sentence === 'string') continue;
      assert.deepEqual(Object.keys(sentence).sort(), [...pluralCategories].sort(), `${language}: ${key}`);
      assert.ok(values_in(sentence).includes('{n}'), `${language}: ${key}`);
    }
  }
});

test('Languages: a key has one sentence in English, wherever it stands', () => {
  for (const [key, text] of [...fixed_texts(), ...Object.entries(english_more), ...Object.entries(english)]) assert.deepEqual(text, all[key], key);
  for (const key of Object.keys(english)) assert.ok(!(key in english_more) && !(key in of_client), key);
  for (const key of Object.keys(english_more)) assert.ok(!(key in of_client), key);
});

/// Keys that some code names, and patterns of those that it puts together.
function named_in(code) {
  const strings = code.flatMap(({ text }) => [...text.matchAll(/'([\w.]+)'/g)].map(([, key]) => key));
  const made = code.flatMap(({ text }) => [...text.matchAll(/`(\w*\$\{[^{}`]*\}\w*)`/g)].map(([, key]) => key));
  const patterns = made.filter((key) => /\w_|_\w/.test(key.replace(/\$\{[^}]*\}/g, ' '))).map((key) => new RegExp(`^${key.replace(/\$\{[^}]*\}/g, '[\\w.]+')}$`));
  return { names: (key) => strings.includes(key) || patterns.some((each) => each.test(key)), strings };
}

test('Languages: whatever there is a sentence for is said somewhere', () => {
  const { names } = named_in([...code_of(web), ...code_of(client)]);
  const chosen = Object.entries(choices).flatMap(([name, values]) => values.map((value) => `${name}_${value}`));
  for (const key of Object.keys(all)) assert.ok(key in fixed || names(key) || chosen.includes(key), key);
});

test('Languages: whatever is said has a sentence', () => {
  for (const { name, text } of [...code_of(web), ...code_of(client)]) {
    const said = [
      ...[...text.matchAll(/\b(?:say|said|can_say)\('([^']+)'/g)].map(([, key]) => key),
      ...[...text.matchAll(/\bsay(?:_label|_title|_hint)?: '([^']+)'/g)].map(([, key]) => key),
      ...[...text.matchAll(/\bfill\([^;]*?, '([^']+)'\)/g)].map(([, key]) => key),
    ];
    for (const key of said) if (name !== 'elements.js') assert.ok(key in all, `${name}: ${key}`);
  }
  for (const [name, values] of Object.entries(choices)) {
    assert.ok(`look_${name}` in all, name);
    for (const value of values) assert.ok(`${name}_${value}` in all || value in languages, `${name}: ${value}`);
  }
});

test('Languages: what is loaded first brings what it says, and nothing that only a later part says', () => {
  const first = imported_by('main');
  const at_first = code_of(web).filter(({ name }) => first.has(name));
  const said_at_first = at_first.flatMap(({ text }) => [...text.matchAll(/\b(?:say|said)\('(\w+)'/g)].map(([, key]) => key));
  for (const key of said_at_first) assert.ok(!(key in english_more), `${key} belongs into english.js`);
  const { names } = named_in(at_first);
  for (const key of Object.keys(english)) assert.ok(names(key), `${key} belongs into english_more.js`);
  for (const name of imported_by('more'))
    if (!first.has(name) && name !== 'say_more.js') assert.doesNotMatch(read(name), /from '\.\/say\.js'/, name);
});

/// The modules that are imported by that one, by whatever way, and itself.
function imported_by(name, found = new Set()) {
  found.add(`${name}.js`);
  for (const [, imported] of read(`${name}.js`).matchAll(/(?:from|import) '\.\/(\w+)\.js'/g)) if (!found.has(`${imported}.js`)) imported_by(imported, found);
  return found;
}

/// Names that are the same in every language: of keys, programs, systems, languages, the page; and what only looks like words.
const no_words = new Set(
  ('Enter Escape Tab Ctrl Alt Shift Files Location Greenroom English Deutsch ' +
    'Firefox Edg Edge OPR Opera Chrome Safari Python Node Windows Android Mac Linux').split(' '),
);
const selectors = /^(?:#?[a-z-]+(?::[a-z]+)?(?: [a-z]+)?, )+(?:#?[a-z-]+ )?[a-z]+$/;
const allowed = [selectors, /^quiet danger$/, /\}Greenroom$/, /^not all$/, /^noopener /, /^\(hover: none\)/];

test('Languages: no sentence stands in the code', () => {
  const found = [];
  for (const { name, text } of [...code_of(web), ...code_of(client).filter((each) => each.name !== 'index.js')]) {
    const rest = text.replace(/(?:className[:=] |className = danger \? |badge\()'[^']*'/g, '');
    for (const [, , content] of rest.matchAll(/(['"`])((?:\\.|(?!\1)[^\n\\])*)\1/g)) {
      const words = content.replace(/\$\{[^}]*\}?/g, '0').trim();
      const sentence = /(?:^|[\s“(])[A-Za-z][a-z’]+[,:;]? [A-Za-z’]+/.test(words) || /^\W*[A-Z][a-z]+[.…!?:]?$/.test(words);
      if (sentence && !no_words.has(words) && !allowed.some((each) => each.test(words))) found.push(`${name}: ${content}`);
    }
  }
  assert.deepEqual(found, [], 'it belongs into english.js or english_more.js, and into the German table');
});

test('Languages: no text of index.html stands without its key', () => {
  const body = page.slice(page.indexOf('<body')).replace(/<svg.*?<\/svg>|<noscript>.*?<\/noscript>|<!--.*?-->|<kbd>Enter<\/kbd>/gs, '');
  for (const [, attributes, text] of body.matchAll(/<([^<>]*)>([^<>]*)/g)) {
    if (/\p{L}/u.test(text) && text.trim() !== 'Greenroom') assert.match(attributes, / data-say="/, text.trim());
    for (const [attribute, name] of Object.entries({ 'aria-label': 'label', title: 'title', placeholder: 'hint' }))
      if (new RegExp(` ${attribute}="`).test(attributes)) assert.ok(attributes.includes(` data-say-${name}="`), attributes);
  }
});

test('Languages: the one that was chosen, else the first that the browser’s person reads, else English', () => {
  for (const [chosen, offered, expected] of [
    ['de', ['en-GB'], ['de', 'de']],
    ['en', ['de-AT', 'en-GB'], ['en', 'en-GB']],
    ['system', ['de-AT', 'en-US'], ['de', 'de-AT']],
    ['system', ['fr-FR', 'DE', 'en'], ['de', 'DE']],
    ['system', ['fr-FR'], ['en', 'en']],
    ['system', [], ['en', 'en']],
    ['xx', ['de'], ['de', 'de']],
    ['constructor', ['constructor'], ['en', 'en']],
  ]) {
    const { language, locale, dir } = language_of(chosen, offered);
    assert.deepEqual([language, locale, dir], [...expected, 'ltr'], `${chosen}, ${offered}`);
  }
});
