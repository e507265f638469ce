import assert from 'node:assert/strict';
import test from 'node:test';
import { meant_by } from '../../web/commands.js';
import { composing_in } from '../../web/composing.js';
import { own_drafts } from '../../web/drafts.js';
import { is_blank } from '../../clients/js/src/text.js';
import { later } from '../../web/later.js';
import { room_writing } from '../../web/writing.js';
import { fake_client, fake_server } from './fake_server.mjs';

/// Somebody in the lobby, with a field that does as it is told; the API takes every draft.
function desk() {
  const server = new fake_server();
  const client = new fake_client(server, 'Me');
  client.connect();
  const room = client.talk.enter('lobby');
  client.talk.open(room);
  client.settle();
  const kept = new Map();
  const store = {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => (value ? kept.set(key, value) : kept.delete(key)),
    keys: () => [...kept.keys()],
  };
  const told = [];
  const api = {
    drafts: async () => ({ drafts: [], next: null }),
    keep_draft: async (key, text) => told.push([key, text]),
    drop_draft: async (key) => told.push([key, '']),
  };
  const drafts = new own_drafts({ store, api, now: () => server.now });
  const field = { text: '', caret: 0, faults: [], offered: [] };
  const composer = Object.assign(field, {
    put: (text, caret = text.length) => Object.assign(field, { text, caret }),
    replace: (text) => Object.assign(field, { text, caret: text.length }),
    fault: (text) => field.faults.push(text),
    left: (text) => (field.said_left = text),
    offer: (names) => (field.offered = names),
  });
  const people = { of: () => true, named: () => ['Bob', 'Bo', 'Me'], look_for: (begun) => (people.sought = begun) };
  const life = { user: 'Me', talk: client.talk, drafts };
  const emoji = new later(async () => [{ sign: '😄', name: 'smile' }, { sign: '😃', name: 'smiley' }]);
  const commanded = [];
  const command = async (_, meant) => commanded.push(meant) && (meant.does === 'leave' ? 'Not now.' : '');
  const writing = new room_writing({ life: () => life, view: { composer }, people, emoji, command, changed: () => {}, now: () => server.now });
  const type = (text) => {
    Object.assign(field, { text, caret: text.length });
    writing.typed(text);
  };
  const press_enter = () => {
    const said = writing.say(field.text);
    if (said) composer.put(said.draft);
    client.settle();
    return said;
  };
  return { server, client, room, drafts, told, field, people, writing, emoji, commanded, type, press_enter };
}

test('Writing: what is sent is no draft any more, here and on the server', async () => {
  const { room, drafts, told, field, type, press_enter } = desk();
  type('hello');
  assert.equal(drafts.get('lobby'), 'hello');
  assert.deepEqual(press_enter(), { draft: '', anew: true });
  assert.equal(room.log.entries.at(-1).text, 'hello');
  assert.deepEqual([drafts.get('lobby'), field.text], ['', '']);
  assert.deepEqual(told, [['lobby', '']]);
});

test('Writing: an edit leaves the draft alone, which may have changed elsewhere meanwhile', async () => {
  const { room, drafts, field, writing, type, press_enter } = desk();
  type('helo');
  press_enter();
  type('a draft');
  await writing.begin(room, room.log.find(1), 'edit');
  type('hello');
  assert.equal(drafts.get('lobby'), 'a draft');
  drafts.set('lobby', 'a draft of the phone');
  writing.take_draft();
  assert.equal(field.text, 'hello', 'what is edited stays in the field');
  assert.deepEqual(press_enter(), { draft: 'a draft of the phone', anew: false });
  assert.equal(room.log.find(1).text, 'hello');
});

test('Writing: what is edited in a room that is left is edited no more', async () => {
  const { client, room, drafts, field, writing, type, press_enter } = desk();
  type('hello');
  press_enter();
  await writing.begin(room, room.log.find(1), 'edit');
  const tea = client.talk.enter('tea');
  client.talk.open(tea);
  writing.turned(room);
  client.talk.open(room);
  writing.turned(tea);
  writing.take_draft();
  assert.deepEqual([composing_in(room).does, field.text, drafts.get('lobby')], ['', '', '']);
});

test('Writing: a text of another device comes into the field', () => {
  const { drafts, field, writing } = desk();
  drafts.set('lobby', 'from the phone');
  writing.take_draft();
  assert.equal(field.text, 'from the phone');
});

test('Writing: leaving a room tells the server what is not finished there', async () => {
  const { client, room, told, writing, type } = desk();
  type('later');
  client.talk.open(client.talk.enter('tea'));
  writing.turned(room);
  assert.deepEqual(told, [['lobby', 'later']]);
});

test('Writing: names are offered where one is begun, and the chosen one stands in its place', () => {
  const { drafts, field, people, writing, type } = desk();
  type('hi @b');
  assert.deepEqual([people.sought, field.offered], ['b', ['Bob', 'Bo']]);
  writing.complete('Bob');
  assert.deepEqual([field.text, field.caret, field.offered], ['hi @Bob ', 8, []]);
  assert.equal(drafts.get('lobby'), 'hi @Bob ');
  type('hi');
  assert.deepEqual(field.offered, []);
  writing.complete('Bob');
  assert.equal(field.text, 'hi', 'where no name is begun, nothing is completed');
});

test('Writing: nobody says what can’t be said, and half an emoji is no reason to be stuck', () => {
  const { client, room, field, type, press_enter } = desk();
  type('x'.repeat(4097));
  assert.equal(press_enter(), false);
  assert.match(field.faults.at(-1), /Too long/);
  room.face.joined({ head: 0, access: 'open', owner: 'Ann' });
  room.face.fold({ seq: 1, kind: 'mute', from: 'Ann', user: 'Me' });
  type('hello');
  assert.equal(press_enter(), false);
  assert.match(field.faults.at(-1), /muted/);
  room.face.fold({ seq: 2, kind: 'unmute', from: 'Ann', user: 'Me' });
  type('cut \ud83d');
  assert.ok(press_enter());
  assert.equal(room.log.entries.at(-1).text, 'cut \ufffd');
  assert.equal(client.outbox.waiting, 0);
});

test('Commands: an action, a text that begins with a slash, a path, and what is none', () => {
  assert.deepEqual(meant_by('/me waves'), { action: 'waves' });
  assert.deepEqual(meant_by('/ME  waves\ntwice'), { action: 'waves\ntwice' });
  assert.deepEqual(meant_by('//me waves'), { text: '/me waves' });
  for (const text of ['hi /me', '/usr/bin is full', '/', '/ me', '/2 of it', '', ' /me waves'])
    assert.deepEqual(meant_by(text), { text }, text);
  assert.equal(meant_by('/jion garden').fault, '“/jion” is no command here. To say it, write “//jion”.');
});

test('Writing: an action is done, and a command that is none is not said to everybody', () => {
  const { server, room, field, type, press_enter } = desk();
  type('/me waves');
  assert.ok(press_enter());
  const { kind, text } = server.room('lobby').log.at(-1);
  assert.deepEqual([kind, text, field.text], ['action', 'waves', '']);
  type('/jion garden');
  assert.equal(press_enter(), false);
  assert.match(field.faults.at(-1), /no command/);
  assert.equal(room.log.head, 1);
  type('//join garden');
  press_enter();
  assert.equal(room.log.entries.at(-1).text, '/join garden');
});

test('Writing: a text in which there is nothing to see is not sent', () => {
  const { room, type, press_enter } = desk();
  for (const text of ['', ' \n', '\u200b\u200d\ufeff', '\u202e']) {
    type(text);
    assert.equal(press_enter(), false);
    assert.ok(is_blank(text));
  }
  assert.equal(room.log.head, 0);
});

test('Writing: the last message of one’s own is edited from the empty field, if it can be', async () => {
  const { server, room, field, writing, type, press_enter } = desk();
  room.face.joined({ head: 0, access: 'open', owner: 'Ann' });
  writing.edit_last();
  assert.equal(composing_in(room).does, '');
  type('helo');
  press_enter();
  server.post(server.room('lobby'), 'Ann', 'hi');
  writing.edit_last();
  assert.deepEqual([composing_in(room).does, field.text], ['edit', 'helo']);
  writing.cancel();
  room.face.described({ head: 1, owner: 'Ann', post: 'all', edit_window: 0 });
  writing.edit_last();
  assert.equal(composing_in(room).does, '');
});

test('Writing: emoji are offered once their table is here, and one that was written out before becomes its sign', async () => {
  const { field, writing, emoji, type } = desk();
  type('so :smi');
  assert.deepEqual(field.offered, []);
  await emoji.get();
  assert.deepEqual(field.offered, ['smile', 'smiley']);
  writing.complete('smiley');
  assert.equal(field.text, 'so 😃 ');
  type('so :smile:');
  assert.equal(field.text, 'so 😄');
  const late = desk();
  for (const text of [':smil', ':smile', ':smile:']) late.type(text);
  await late.emoji.get();
  assert.equal(late.field.text, '😄');
});

test('Writing: a command is carried out and not said, and its words come back where it can’t be', async () => {
  const { field, room, commanded, type, press_enter } = desk();
  for (const [text, left] of [['/join garden', ''], ['/leave', '/leave']]) {
    type(text);
    press_enter();
    await null;
    await null;
    assert.equal(field.text, left);
  }
  assert.deepEqual(commanded.map(({ does }) => does), ['join', 'leave']);
  assert.equal(field.faults.at(-1), 'Not now.');
  assert.equal(room.log.head, 0);
});
