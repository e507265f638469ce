import assert from 'node:assert/strict';
import test from 'node:test';
import { fake_client, fake_server } from './fake_server.mjs';

/// A server on which Me is a member of some rooms, each with so many messages by Ann and a mark: `{lobby: [9, 4]}`.
function with_rooms(rooms) {
  const server = new fake_server();
  for (const [name, [said, read]] of Object.entries(rooms)) {
    const room = server.room(name);
    for (let i = 1; i <= said; i += 1) server.post(room, 'Ann', `${name} ${i}`);
    room.marks = { Me: read };
  }
  return server;
}

function device(server) {
  const client = new fake_client(server, 'Me');
  client.connect();
  client.settle();
  return client;
}

const counts = (client) => client.talk.listed().map(({ name, unread }) => [name, unread]);

function tick(...clients) {
  for (const client of clients) client.talk.tick();
  for (const client of clients) client.settle();
}

test('Synced: a device that knows nothing has the rooms, and what is unread there', () => {
  const server = with_rooms({ garden: [3, 3], lobby: [9, 4], pond: [600, 0] });
  const client = device(server);
  assert.deepEqual(counts(client), [
    ['garden', 0],
    ['lobby', 5],
    ['pond', 600],
  ]);
  assert.deepEqual(
    client.talk.listed().map(({ state }) => state),
    ['joined', 'joined', 'joined'],
  );
  assert.equal(client.news.length, 0, 'nothing is sent twice');
});

test('Synced: what is read on one device is read on the other', () => {
  const server = with_rooms({ garden: [3, 0], lobby: [9, 4] });
  const [one, two] = [device(server), device(server)];
  const room = one.talk.get('lobby');
  one.talk.open(room);
  one.settle();
  assert.equal(room.unread_from, 5);
  one.talk.seen(room);
  tick(one, two);
  assert.deepEqual(counts(two), [
    ['garden', 3],
    ['lobby', 0],
  ]);
  server.post(server.room('lobby'), 'Ann', 'more');
  tick(one, two);
  assert.deepEqual(counts(two)[1], ['lobby', 1]);
});

test('Synced: what was read elsewhere while this device was away is read', () => {
  const server = with_rooms({ lobby: [9, 4] });
  const client = device(server);
  client.cut();
  server.post(server.room('lobby'), 'Ann', 'more');
  server.room('lobby').marks.Me = 10;
  client.connect();
  client.settle();
  assert.deepEqual(counts(client), [['lobby', 0]]);
});

test('Synced: what was read here, and the server did not hear, is told to it again', () => {
  const server = with_rooms({ lobby: [9, 4] });
  const client = device(server);
  const room = client.talk.get('lobby');
  client.talk.open(room);
  client.settle();
  client.talk.seen(room);
  client.talk.tick();
  client.cut({ heard: 0 });
  assert.equal(server.room('lobby').marks.Me, 4);
  client.connect();
  client.settle();
  tick(client);
  assert.equal(server.room('lobby').marks.Me, 9);
  assert.equal(room.unread, 0);
});

test('Synced: a room that was entered before the answer has the mark of the server', () => {
  const server = with_rooms({ lobby: [9, 4] });
  const client = new fake_client(server, 'Me');
  client.connect();
  const room = client.talk.enter('lobby');
  client.talk.open(room);
  client.settle();
  assert.deepEqual([room.read, room.unread, room.unread_from], [4, 5, 5]);
});

test('Synced: acts are not unread, erased messages are', () => {
  const server = with_rooms({ lobby: [3, 1] });
  const lobby = server.room('lobby');
  server.post(lobby, 'Ann', 'topic', undefined, { kind: 'settings', settings: { topic: 'x' } });
  server.post(lobby, 'Ann', 'removed', undefined, { kind: 'erase', target: 2 });
  const client = device(server);
  assert.deepEqual(counts(client), [['lobby', 2]]);
  client.talk.open(client.talk.get('lobby'));
  client.settle();
  assert.deepEqual(counts(client), [['lobby', 2]], 'the same where all of it is here');
  server.post(lobby, 'Ann', 'topic', undefined, { kind: 'settings', settings: { topic: 'y' } });
  client.settle();
  assert.deepEqual(counts(client), [['lobby', 2]]);
});

test('Synced: many rooms come in pages, and not too many are joined by themselves', () => {
  const server = with_rooms(Object.fromEntries(Array.from({ length: 180 }, (_, i) => [`room-${1000 + i}`, [1, 0]])));
  server.synced_at_most = 50;
  const client = device(server);
  const unread = client.talk.listed().map((room) => room.unread);
  assert.deepEqual(unread, Array.from({ length: 180 }, () => 1), 'all are known');
  const inside = () => client.talk.listed().filter(({ state }) => state === 'joined').length;
  assert.equal(inside(), 10);
  for (let second = 0; second < 100; second += 1) {
    server.now += 1000;
    client.talk.tick();
    client.settle();
  }
  assert.equal(inside(), 150);
  client.talk.open(client.talk.get('room-1179'));
  client.settle();
  assert.equal(client.talk.get('room-1179').state, 'joined');
});

test('Synced: a room that one was removed from and is a member of again is entered again', () => {
  const server = with_rooms({ lobby: [2, 0] });
  const client = device(server);
  client.talk.hear({ type: 'gone', room: 'lobby', reason: 'removed' });
  assert.equal(client.talk.get('lobby').state, 'gone');
  client.cut();
  client.connect();
  client.settle();
  assert.equal(client.talk.get('lobby').state, 'joined');
});

test('Synced: news of a room that is not here yet has the rooms asked for again', () => {
  const server = with_rooms({ lobby: [1, 1] });
  const client = device(server);
  const room = server.room('@ann,me');
  server.post(room, 'Ann', 'only for you');
  room.marks = { Me: 0 };
  client.talk.hear({ type: 'news', room: '@ann,me', head: 1 });
  client.settle();
  assert.deepEqual(counts(client), [
    ['@ann,me', 1],
    ['lobby', 0],
  ]);
});
