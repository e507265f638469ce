import assert from 'node:assert/strict';
import test from 'node:test';
import { plain } from '../../clients/js/src/errors.js';
import { kept, manner_now, number_words, say, speak, teach } from '../../clients/js/src/saying.js';
import { act_sentence } from '../../clients/js/src/sentences.js';
import { clock_words, date_words, quoted } from '../../clients/js/src/text.js';
import { fill, fill_all, learn_from } from '../../web/filling.js';
import { german } from '../../web/german.js';
import { look } from '../../web/looks.js';
import { speaking } from '../../web/speaking.js';
import { about_words, day_words, typing_words } from '../../web/words.js';

const in_german = () => speak({ sentences: german, locale: 'de-DE' });
const in_english = () => speak({});
test.afterEach(in_english);

test('Saying: a sentence by its key, with values, and with the form for their number', () => {
  teach({ greeting: 'Hello, {name}!', cats: { one: '{n} cat of {name}', other: '{n} cats of {name}' } });
  assert.equal(say('greeting', { name: '$& {n}' }), 'Hello, $& {n}!', 'a value is text, and no pattern');
  assert.equal(say('cats', { n: 1, name: 'Ann' }), '1 cat of Ann');
  assert.equal(say('cats', { n: 0, name: 'Ann' }), '0 cats of Ann');
  assert.equal(say('greeting'), 'Hello, !');
  assert.equal(say('no_such_key'), 'no_such_key');
});

test('Saying: in another language; what that has no sentence for is said in English', () => {
  speak({ sentences: { cats: { one: '{n} Katze von {name}', other: '{n} Katzen von {name}' } }, locale: 'de-DE' });
  assert.equal(say('cats', { n: 1234, name: 'Ann' }), '1.234 Katzen von Ann');
  assert.equal(say('greeting', { name: 'Ann' }), 'Hello, Ann!');
  in_english();
  assert.equal(say('cats', { n: 1, name: 'Ann' }), '1 cat of Ann');
});

test('Saying: what was made for one way of speaking is made anew for the next', () => {
  let made = 0;
  const format = kept(({ locale, hourCycle }) => `${(made += 1)} ${locale} ${hourCycle}`);
  assert.equal(format(), '1 undefined undefined');
  assert.equal(format(), '1 undefined undefined');
  const before = manner_now();
  speak({ locale: 'de', hours: 12 });
  assert.notEqual(manner_now(), before);
  assert.equal(format(), '2 de h12');
  assert.equal(number_words(1234567), '1.234.567');
});

test('Times: with 12 or 24 hours, as one likes, in whatever language', () => {
  const noon = new Date(2026, 11, 1, 13, 5);
  for (const [locale, hours, words] of [
    ['de-DE', undefined, '13:05'],
    ['de-DE', 12, '01:05 PM'],
    ['en-US', undefined, '01:05 PM'],
    ['en-US', 24, '13:05'],
  ]) {
    speak({ locale, hours });
    assert.equal(clock_words(noon).replace('\u202f', ' '), words, `${locale}, ${hours}`);
  }
  speak({ locale: 'en-GB', hours: 24 });
  assert.equal(clock_words(new Date(2026, 11, 1, 0, 5)), '00:05');
  speak({ locale: 'de-DE' });
  assert.equal(date_words(noon, noon), 'Dienstag, 1. Dezember');
  assert.equal(date_words(noon, new Date(2027, 0, 1)), 'Dienstag, 1. Dezember 2026');
});

test('German: errors, acts, days, who types, rooms', () => {
  in_german();
  assert.equal(plain({ code: 'no_user' }), 'Niemand hat diesen Namen.');
  assert.equal(plain({ status: 429, retry_after: 90 }), 'Das war zu oft. Versuche es in 90 Sekunden noch einmal.');
  assert.equal(plain({ code: 'banned', by: 'ada', why: 'Lärm' }), 'Du bist aus diesem Raum ausgesperrt (von ada, bis jemand das zurücknimmt). Grund: Lärm');
  const at = new Date(2026, 2, 10, 12).toISOString();
  const until = new Date(2026, 2, 10, 18, 5).toISOString();
  const said = (entry, me = 'cid') => act_sentence({ from: 'ada', at, ...entry }, me);
  assert.equal(said({ kind: 'mute', user: 'bob', until, reason: 'Lärm' }), 'ada hat bob bis 18:05 stummgeschaltet: Lärm');
  assert.equal(said({ kind: 'mute', user: 'bob' }, 'bob'), 'ada hat dich stummgeschaltet');
  assert.equal(said({ kind: 'unmute', user: 'bob' }, 'bob'), 'ada hat die Stummschaltung von dir aufgehoben');
  assert.equal(said({ kind: 'role', user: 'bob', role: 'owner' }, 'bob'), 'ada hat dir den Raum übergeben');
  assert.equal(said({ kind: 'remove', user: 'ada' }, 'ada'), 'Du hast den Raum verlassen');
  assert.equal(said({ kind: 'settings', settings: { slow: 30, topic: '' } }), 'ada hat die Pause zwischen Nachrichten auf 30 s gesetzt, das Thema entfernt');
  assert.equal(day_words(new Date(at), new Date(2026, 2, 11, 9)), 'Gestern');
  assert.equal(typing_words(['ada', 'bob', 'cid', 'dan']), 'ada, bob und 2 weitere schreiben');
  assert.equal(quoted('so'), '„so“');
  const face = { is_told: true, access: 'private', nature: 'room', title: '', slow: 5 };
  assert.equal(about_words({ name: 'garten', state: 'joined', face }), 'Privater Raum · eine Nachricht in 5 Sekunden');
});

/// As much of an element as is filled.
function node(dataset, text = '', attributes = {}) {
  return {
    dataset,
    textContent: text,
    attributes,
    getAttribute: (name) => attributes[name],
    setAttribute: (name, value) => (attributes[name] = value),
  };
}

test('Filling: the English of the page is learnt from it, said in another language, and again in English', () => {
  const title = node({ say: 'people' }, '\n  People  ');
  const field = node({ sayLabel: 'find_room', sayHint: 'find_room' }, '', { 'aria-label': 'Find a room', placeholder: 'Find a room' });
  const root = { querySelectorAll: () => [title, field] };
  learn_from(root);
  in_german();
  fill_all(root);
  assert.deepEqual([title.textContent, field.attributes], ['Menschen', { 'aria-label': 'Raum finden', placeholder: 'Raum finden' }]);
  assert.equal(field.textContent, '', 'nothing is put into it');
  fill(title, 'rooms_none');
  assert.equal(title.textContent, 'Noch keine anderen Räume.');
  in_english();
  fill_all(root);
  assert.deepEqual([title.textContent, field.attributes.placeholder], ['No other rooms yet.', 'Find a room']);
});

test('Speaking: the page says which language it has, and is filled and drawn anew where that is another one', async () => {
  const [root, told] = [{ lang: 'en', dir: 'ltr' }, []];
  const it = new speaking({ root, offered: () => ['en-GB'], fill: () => told.push('filled'), changed: () => told.push('drawn') });
  await it.choose({ language: 'system', clock: 'system' });
  assert.deepEqual([root.lang, told], ['en', ['drawn']], 'it is written in English');
  await it.choose({ language: 'system', clock: 'system' });
  assert.equal(told.length, 1, 'nothing changed');
  await it.choose({ language: 'de', clock: '12' });
  assert.deepEqual([root, told], [{ lang: 'de', dir: 'ltr' }, ['drawn', 'filled', 'drawn']]);
  assert.equal(say('today'), 'Heute');
  const both = [it.choose({ language: 'de', clock: '24' }), it.choose({ language: 'en', clock: '24' })];
  await Promise.all(both);
  assert.deepEqual([root.lang, say('today')], ['en', 'Today'], 'the last choice holds, whichever was loaded first');
});

test('Looks: marks for the style sheet; the browser’s frame has the colour of the theme', () => {
  const metas = [{ dataset: { theme: 'light' } }, { dataset: { theme: 'dark' } }];
  const page = { root: { dataset: {}, style: {} }, body: { dataset: {} }, head: { querySelectorAll: () => metas } };
  look({ theme: 'dark', density: 'compact', size: '112.5' }, page);
  assert.deepEqual([page.root.dataset.theme, page.root.style.fontSize, page.body.dataset.density], ['dark', '112.5%', 'compact']);
  assert.deepEqual(metas.map(({ media }) => media), ['not all', 'all']);
  look({ theme: 'system', density: 'cosy', size: '100' }, page);
  assert.deepEqual([page.root.dataset, page.root.style.fontSize, page.body.dataset.density], [{}, '', 'cosy']);
  assert.deepEqual(metas.map(({ media }) => media), ['(prefers-color-scheme: light)', '(prefers-color-scheme: dark)']);
});
