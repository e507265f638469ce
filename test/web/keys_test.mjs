import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { shortcut_of, shortcuts } from '../../web/keys.js';
import { commands, fit, found, places } from '../../web/switching.js';

const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('Keys: are understood by the table', () => {
  for (const [event, does] of [
    [press('k', { ctrlKey: true }), 'switch'],
    [press('K', { metaKey: true }), 'switch'],
    [press('ArrowDown', { altKey: true }), 'next_room'],
    [press('ArrowUp', { altKey: true, shiftKey: true }), 'previous_unread'],
    [press('µ', { altKey: true, code: 'KeyM' }), 'mentions'],
    [press('Escape', { shiftKey: true }), 'read_all'],
    [press('F6', { shiftKey: true }), 'previous_area'],
    [press('?', { shiftKey: true }), 'help'],
    [press('/', { ctrlKey: true }), 'help'],
    [press('/', { ctrlKey: true, shiftKey: true }), 'help'],
    [press('Escape'), ''],
    [press('Enter'), ''],
    [press('k'), ''],
    [press('ArrowDown', { altKey: true, ctrlKey: true }), ''],
  ])
    assert.equal(shortcut_of(event), does, JSON.stringify(event));
  assert.equal(shortcut_of(press('?', { shiftKey: true }), { typing: true }), '', 'it is text');
  assert.equal(shortcut_of(press('k', { ctrlKey: true }), { typing: true }), 'switch');
});

test('Keys: none means two things, and whatever is named is done', () => {
  const all = shortcuts.flatMap(({ keys }) => keys);
  assert.equal(new Set(all).size, all.length);
  const [, done] = readFileSync(new URL('../../web/going.js', import.meta.url), 'utf8').match(/this\.#does = \{(.*?)\n {4}\};/s);
  for (const does of [...shortcuts.map((each) => each.does), ...commands]) if (does) assert.match(done, new RegExp(`^ +${does}: `, 'm'));
});

const room = (name, unread = 0) => ({ name, key: name.toLowerCase(), unread });
const here = { rooms: [room('Lobby'), room('garden-club', 2), room('@ann,bob')], others: ['lobby', 'kitchen'], people: ['bob', 'Ann', 'Cat'], me: 'Ann', recent: ['garden-club'] };
const names = (list) => list.map(({ type, shown }) => `${type} ${shown}`);

test('Switching: one place each, and nobody to whom one writes already, and not oneself', () => {
  const all = names(places(here)).filter((each) => !each.startsWith('command'));
  assert.deepEqual(all, ['room Lobby', 'room garden-club', 'room bob', 'other kitchen', 'person Cat']);
});

test('Switching: where nothing is wanted, where one was last; else what fits best', () => {
  const all = places(here);
  assert.deepEqual(names(found(all, '')).slice(0, 2), ['room garden-club', 'room bob']);
  assert.equal(names(found(all, 'club'))[0], 'room garden-club');
  assert.equal(names(found(all, ' KIT '))[0], 'other kitchen');
  assert.deepEqual(names(found(all, 'xyz')), []);
  assert.equal(found(all, 'shortcuts')[0].name, 'help');
  assert.deepEqual(
    ['lobby', 'lob', 'club', 'arde', 'gcb', 'bcg'].map((wanted) => fit(wanted, wanted.startsWith('lob') ? 'lobby' : 'garden-club')),
    [5, 4, 3, 2, 1, 0],
  );
});

test('Switching: 5,000 places are looked through in a moment', () => {
  const rooms = Array.from({ length: 5000 }, (_, at) => room(`room-${at}-${at % 7}`, at % 3));
  const began = process.cpuUsage();
  const all = places({ ...here, rooms });
  for (const wanted of ['', 'r', 'ro', '4999', 'm-6']) found(all, wanted);
  const spent = process.cpuUsage(began).user / 1000;
  assert.ok(spent < 250, `${spent} ms`);
  assert.equal(found(all, 'room-4999')[0].name, 'room-4999-1');
});
