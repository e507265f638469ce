import assert from 'node:assert/strict';
import test from 'node:test';
import { calls_in, calls_of, levels, lists_mentions } from '../../web/notify.js';
import { fake_client, fake_server } from './fake_server.mjs';

const room = (notify, unread, mentions, synced = { mentions: 0 }) => ({ notify, unread, mentions, synced });

test('Notify: all that is unread calls, or only mentions, or nothing', () => {
  assert.equal(calls_of(room('all', 5, 2)), 5);
  assert.equal(calls_of(room('mentions', 5, 2)), 2);
  assert.equal(calls_of(room('none', 5, 2)), 0);
  assert.deepEqual(levels, ['all', 'mentions', 'none']);
});

test('Notify: where the server counts no mentions, all that is unread calls, as before', () => {
  assert.equal(calls_of(room('mentions', 5, 0, {})), 5);
  assert.equal(calls_of(room('mentions', 5, 0, null)), 5);
  assert.equal(calls_of(room('none', 5, 0, {})), 0);
  assert.ok(!lists_mentions([room('all', 0, 0, {}), room('all', 0, 0, null)]));
  assert.ok(lists_mentions([room('all', 0, 0, {}), room('all', 0, 0)]));
});

test('Notify: the room that is looked at calls nobody', () => {
  const looked_at = room('all', 7, 0);
  assert.equal(calls_in([looked_at, room('all', 2, 0), room('mentions', 9, 1), room('none', 4, 4)], looked_at), 3);
});

/// A server that counts mentions of Me, by the marks as its follower left them.
function with_mentions({ said, read, mentions }) {
  const server = new fake_server();
  const lobby = server.room('lobby');
  for (const text of said) server.post(lobby, 'Ann', text);
  Object.assign(lobby, { marks: { Me: read }, mentions, notify: 'mentions' });
  const client = new fake_client(server, 'Me');
  client.connect();
  client.settle();
  return { server, lobby, client, room: client.talk.get('lobby') };
}

test('Notify: mentions are as the server counted them, and those that came since', () => {
  const { server, lobby, client, room: here } = with_mentions({ said: ['a', '@me', 'b', '@me'], read: 1, mentions: 2 });
  assert.equal(here.mentions, 2);
  server.post(lobby, 'Ann', 'and you, @me?');
  server.post(lobby, 'Ann', 'nobody');
  client.settle();
  assert.deepEqual([here.mentions, here.unread], [3, 5]);
  client.talk.open(here);
  client.settle();
  assert.equal(here.mentions, 3, 'the same where all of it is here');
  client.talk.seen(here);
  assert.equal(here.mentions, 0);
});

test('Notify: an edit that adds a mention to an old message calls at once, one that had it before does not', () => {
  const { server, lobby, client, room: here } = with_mentions({ said: ['a', '@me', 'b'], read: 3, mentions: 0 });
  client.talk.open(here);
  client.settle();
  assert.equal(here.mentions, 0);
  server.post(lobby, 'Ann', 'again, @me', undefined, { kind: 'edit', target: 2 });
  server.post(lobby, 'Ann', 'and @me?', undefined, { kind: 'edit', target: 3 });
  client.settle();
  assert.equal(here.mentions, 1);
  server.post(lobby, 'Ann', 'and @me, of course', undefined, { kind: 'edit', target: 3 });
  client.settle();
  assert.equal(here.mentions, 1, 'once for each message');
  server.post(lobby, 'Ann', '', undefined, { kind: 'erase', target: 3 });
  client.settle();
  assert.equal(here.mentions, 0);
});

test('Notify: of a message that is not here, the server is asked whether an edit added a mention', () => {
  const { server, lobby, client, room: here } = with_mentions({ said: ['a', 'b'], read: 2, mentions: 0 });
  assert.equal(here.log.entries.length, 0);
  server.post(lobby, 'Ann', 'b @me', undefined, { kind: 'edit', target: 1 });
  client.settle();
  lobby.mentions = 1;
  client.talk.tick();
  client.settle();
  assert.equal(here.mentions, 0, 'it counts behind the message');
  server.now += 2000;
  client.talk.tick();
  client.settle();
  assert.equal(here.mentions, 1);
  assert.equal(here.synced.mentions, 1);
});

test('Notify: what was read on another device calls no more', () => {
  const { client, room: here } = with_mentions({ said: ['@me', 'b', '@me', 'c', 'd'], read: 0, mentions: 2 });
  client.talk.open(here);
  client.settle();
  client.talk.hear({ type: 'read', room: 'lobby', user: 'Me', seq: 2 });
  assert.equal(here.mentions, 1, 'of those behind the mark that are here');
  client.talk.hear({ type: 'read', room: 'lobby', user: 'Me', seq: 5 });
  assert.equal(here.mentions, 0);
});

test('Notify: the level is the server’s, until another is chosen here; direct rooms call for all', () => {
  const { server, client, room: here } = with_mentions({ said: [], read: 0, mentions: 0 });
  assert.equal(here.notify, 'mentions');
  here.level = 'none';
  assert.equal(here.notify, 'none');
  server.room('lobby').notify = 'all';
  client.talk.sync();
  client.settle();
  assert.equal(here.notify, 'all', 'as it was chosen elsewhere');
  assert.equal(client.talk.enter('@ann,me').notify, 'all');
  assert.equal(client.talk.enter('tea').notify, 'mentions');
});

test('Notify: the rooms are asked for once more where this user is a member of one that was not among them', () => {
  const server = new fake_server();
  const client = new fake_client(server, 'Me');
  client.connect();
  client.settle();
  const asked = [];
  const { hear } = server;
  server.hear = function heard(from, frame) {
    if (frame.type === 'sync') asked.push(frame);
    return hear.call(this, from, frame);
  };
  const mine = Object.assign(server.room('mine'), { face: { Me: 'owner' }, marks: { Me: 0 } });
  client.talk.enter(mine.name);
  client.talk.enter('others');
  client.settle();
  assert.equal(asked.length, 1);
  assert.equal(client.talk.get('mine').synced.role, 'member');
});

test('Notify: rooms that are entered while the answer is under way are not asked for again, each by each', () => {
  const server = new fake_server();
  const client = new fake_client(server, 'Me');
  for (const name of ['a', 'b', 'c']) {
    Object.assign(server.room(name), { face: { Me: 'member' } });
    client.talk.enter(name);
  }
  const { hear } = server;
  let asked = 0;
  const waiting = [];
  server.hear = function heard(from, frame) {
    if (frame.type !== 'sync') return hear.call(this, from, frame);
    asked += 1;
    return waiting.push(frame);
  };
  client.connect();
  client.settle();
  assert.equal(asked, 1);
});
