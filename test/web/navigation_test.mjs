import assert from 'node:assert/strict';
import test from 'node:test';
import { navigation } from '../../web/navigation.js';
import { fake_client, fake_server } from './fake_server.mjs';

/// Somebody who is signed in, with an address bar of their own.
function make(hash = '') {
  const server = new fake_server();
  const client = new fake_client(server, 'Me');
  client.connect();
  const bar = { hash, pathname: '/', search: '', replace: (address) => (bar.hash = address) };
  const told = { entered: [], sought: [], toasts: [], welcome: 0, turned: [] };
  const view = {
    list: { seek: (seq) => told.sought.push(seq), start_from: () => {} },
    enter_room: ({ name }) => told.entered.push(name),
    show_welcome: () => (told.welcome += 1),
    toast: (text) => told.toasts.push(text),
  };
  const way = new navigation({
    life: () => ({ user: 'Me', talk: client.talk, drafts: { get: () => '' } }),
    view,
    catalog: { find: () => undefined },
    writing: { turned: (room) => told.turned.push(room?.name) },
    invited: { keep: (invite) => (told.kept = invite), offer: () => {}, waiting: true },
    parts: [],
    drawn: () => {},
    open_own: (part) => (told.settings = part),
    bar,
    past: { replaceState: (_, __, address) => (bar.hash = address) },
  });
  const go = (address) => {
    bar.hash = address;
    way.follow();
    client.settle();
  };
  return { server, client, bar, told, way, go };
}

test('Navigation: whatever the address says, nothing breaks', () => {
  const { go, told } = make();
  for (const address of ['#/%', '#/%E0%A4%A', '#/a b', '#/..', '#/@', '#/@@', '#', '', '#/x/0', `#/${'x'.repeat(65)}`]) go(address);
  assert.deepEqual(told.entered, []);
  go('#/constructor');
  go('#/@bob');
  assert.deepEqual(told.entered, ['constructor', '@bob,me']);
});

test('Navigation: an address may name a message, and an invite does not stay there', () => {
  const { go, told, bar } = make();
  go('#/lobby/12');
  assert.deepEqual([told.sought, bar.hash], [[12], '#/lobby']);
  go('#invite=abc');
  assert.deepEqual([told.kept, bar.hash], ['abc', '#/lobby']);
  go('#invite=');
  assert.equal(told.toasts.length, 1);
});

test('Navigation: a room that is not there is forgotten when one goes on, and is entered when it is made', () => {
  const { server, go, way, client } = make();
  server.missing.add('typo');
  go('#/lobby');
  go('#/typo');
  assert.ok(client.talk.get('typo').is_missing);
  go('#/lobby');
  assert.equal(client.talk.get('typo'), undefined);
  go('#/typo');
  server.missing.delete('typo');
  client.talk.enter('typo', { access: 'open' });
  way.go('typo');
  client.settle();
  assert.equal(client.talk.get('typo').state, 'joined', 'what was just made is not the one that was not there');
  assert.deepEqual(way.recent, ['typo', 'lobby']);
});

test('Navigation: a part of one’s settings has an address, lies over the open room, and is no room', () => {
  const { go, told, bar } = make();
  go('#/lobby');
  go('#/settings/password');
  assert.deepEqual([told.settings, bar.hash, told.entered], ['password', '#/lobby', ['lobby']]);
  go('#/settings/nothing');
  assert.deepEqual([told.settings, told.welcome], ['password', 1]);
  go('#/settings/language');
  assert.equal(told.settings, 'language', 'each choice has one of its own, too');
  const other = make();
  other.go('#/settings/sessions');
  assert.deepEqual([other.told.settings, other.told.welcome], ['sessions', 1], 'where no room is open yet, the page opens as ever');
  other.go('#/settings/12');
  assert.deepEqual(other.told.entered, ['settings'], 'a room may be called so');
});
