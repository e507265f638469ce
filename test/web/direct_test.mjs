import assert from 'node:assert/strict';
import test from 'node:test';

import { own_contacts } from '../../web/contacts.js';
import { contact_deeds, is_direct_reference, nature_of, room_meant, shown_name } from '../../clients/js/src/direct.js';
import { permitted } from '../../clients/js/src/permissions.js';

test('Direct rooms: one name, however somebody calls them', () => {
  for (const said of ['@bob', '@Bob', '@bob,ada', '@ADA,bob']) assert.equal(room_meant(said, 'Ada'), '@ada,bob', said);
  assert.equal(room_meant('@ada', 'Ada'), '@ada,ada');
  assert.equal(room_meant('@@0123456789ABCDEF', 'ada'), '@@0123456789abcdef');
  assert.equal(room_meant('Lobby', 'ada'), 'Lobby');
});

test('Direct rooms: are shown by the other one’s name', () => {
  assert.equal(shown_name('@ada,bob', 'Ada'), 'bob');
  assert.equal(shown_name('@ada,bob', 'bob'), 'ada');
  assert.equal(shown_name('@ada,ada', 'ada'), 'Notes to yourself');
  assert.equal(shown_name('@@0123456789abcdef', 'ada'), 'Group 012345');
  assert.equal(shown_name('Lobby', 'ada'), 'Lobby');
});

test('Direct rooms: an address may name them', () => {
  for (const good of ['@bob', '@bob,ada', '@@0123456789abcdef']) assert.ok(is_direct_reference(good), good);
  for (const bad of ['', '@', 'bob', '@a,b,c', '@@0123', '@1bob', '@bob ']) assert.ok(!is_direct_reference(bad), bad);
  assert.deepEqual(['lobby', '@ada,bob', '@@0123456789abcdef'].map(nature_of), ['room', 'direct', 'group']);
});

test('Direct rooms: both are equal, and in a group members add and leave', () => {
  const may = (kind, nature, self = false) => permitted({ kind, nature, access: 'private', by: 'member', on: 'member', self });
  for (const nature of ['direct', 'group']) {
    for (const kind of ['text', 'notice', 'action', 'erase']) assert.equal(may(kind, nature), '', kind);
    for (const kind of ['settings', 'role', 'remove', 'ban', 'unban', 'mute', 'unmute'])
      assert.equal(may(kind, nature), 'forbidden', kind);
  }
  assert.deepEqual([may('add', 'direct'), may('add', 'group')], ['forbidden', '']);
  assert.deepEqual([may('remove', 'direct', true), may('remove', 'group', true)], ['forbidden', '']);
});

test('Contacts: anybody but oneself can be written to and blocked', () => {
  const keys = (name, more) => contact_deeds(name, { me: 'Ada', ...more }).map(({ key }) => key);
  assert.deepEqual(keys('bob'), ['message', 'block']);
  assert.deepEqual(keys('bob', { here: true }), ['block']);
  assert.deepEqual(keys('bob', { blocked: true }), ['unblock']);
  assert.deepEqual(keys('ADA'), []);
});

function contacts(answers = {}) {
  const asked = [];
  const call = (name) => async (...args) => {
    asked.push([name, ...args]);
    if (answers[name] instanceof Error) throw answers[name];
    return answers[name] ?? {};
  };
  const said = [];
  const api = Object.fromEntries(['open_direct', 'blocks', 'block', 'unblock'].map((name) => [name, call(name)]));
  const opened = [];
  const subject = new own_contacts({
    api,
    view: { toast: (text) => said.push(text) },
    me: () => 'ada',
    opened: (room) => opened.push(room),
    changed: () => {},
  });
  return { subject, asked, said, opened };
}

test('Contacts: a message opens the direct room', async () => {
  const { subject, asked, opened } = contacts({ open_direct: { room: '@ada,bob', created: true } });
  assert.ok(await subject.carry_out(subject.deeds_on({ name: 'lobby' }, 'Bob')[0]));
  assert.deepEqual(asked, [['open_direct', ['Bob']]]);
  assert.deepEqual(opened, ['@ada,bob']);
});

test('Contacts: blocks are known after they are made and loaded', async () => {
  const { subject } = contacts({ blocks: { blocks: ['Eve'] } });
  await subject.load();
  assert.ok(subject.has_blocked('eve'));
  assert.deepEqual(subject.blocked(), ['Eve'], 'as they are written');
  const here = { name: '@ada,bob' };
  assert.deepEqual(subject.deeds_on(here, 'Bob').map(({ key }) => key), ['block']);
  await subject.carry_out(subject.deeds_on(here, 'Bob')[0]);
  assert.deepEqual(subject.deeds_on(here, 'Bob').map(({ key }) => key), ['unblock']);
  await subject.carry_out(subject.deeds_on(here, 'Bob')[0]);
  assert.ok(!subject.has_blocked('bob'));
  subject.reset();
  assert.deepEqual(subject.blocked(), []);
});

test('Contacts: a refusal is said in words', async () => {
  const { subject, said, opened } = contacts({ open_direct: Object.assign(new Error(), { code: 'forbidden', status: 403 }) });
  assert.ok(!(await subject.carry_out(subject.deeds_on({ name: 'lobby' }, 'bob')[0])));
  assert.deepEqual(opened, []);
  assert.match(said[0], /bob takes no direct messages/);
});

test('Contacts: what somebody writes who is blocked is hidden, until it is shown', async () => {
  const api = { blocks: async () => ({ blocks: ['Eve'] }) };
  let drawn = 0;
  const contacts = new own_contacts({ api, view: {}, me: () => 'Me', opened: () => {}, changed: () => (drawn += 1) });
  await contacts.load();
  const [lobby, garden] = [{}, {}];
  const hidden = (room, from, seq) => contacts.hides(room, { from, seq });
  assert.deepEqual([hidden(lobby, 'eve', 1), hidden(lobby, 'Ann', 2)], [true, false]);
  contacts.reveal(lobby, [1, 3]);
  assert.deepEqual([hidden(lobby, 'Eve', 1), hidden(lobby, 'Eve', 2), hidden(garden, 'Eve', 1)], [false, true, true]);
  assert.equal(drawn, 2);
});
