import assert from 'node:assert/strict';
import test from 'node:test';
import { fake_client, fake_server } from './fake_server.mjs';

/// Me is in the lobby, where Ann said nine things, and has read them all.
function reader() {
  const server = new fake_server();
  const lobby = server.room('lobby');
  for (let i = 1; i <= 9; i += 1) server.post(lobby, 'Ann', `words ${i}`);
  lobby.marks = { Me: 4 };
  const client = device(server);
  const room = client.talk.get('lobby');
  client.talk.open(room);
  client.settle();
  client.talk.seen(room);
  tick(client);
  return { server, lobby, client, room };
}

function device(server) {
  const client = new fake_client(server, 'Me');
  client.connect();
  client.settle();
  return client;
}

function tick(...clients) {
  for (const client of clients) client.talk.tick();
  for (const client of clients) client.settle();
}

test('Unread again: from a message on, until the room is opened and read another time', () => {
  const { client, room, lobby } = reader();
  assert.equal(room.unread, 0);
  client.talk.mark_unread(room, 7);
  assert.deepEqual([room.unread, room.unread_from], [3, 7]);
  client.talk.seen(room);
  assert.equal(room.unread, 3, 'who made it unread still looks at it');
  client.talk.open(null);
  tick(client);
  assert.deepEqual([room.unread, lobby.marks.Me], [3, 9], 'the server’s mark only rises');
  client.talk.open(room);
  assert.equal(room.unread_from, 7);
  client.talk.seen(room);
  assert.equal(room.unread, 0);
});

test('Unread again: what the server tells later doesn’t undo it, unless it was read on elsewhere', () => {
  const { server, client, room, lobby } = reader();
  const other = device(server);
  client.talk.mark_unread(room, 7);
  client.talk.open(null);
  client.talk.sync();
  client.settle();
  assert.equal(room.unread, 3);
  client.cut();
  client.connect();
  client.settle();
  assert.equal(room.unread, 3, 'after a cut');
  server.post(lobby, 'Ann', 'more');
  tick(client, other);
  assert.equal(room.unread, 4);
  other.talk.mark_read(other.talk.get('lobby'));
  tick(other, client);
  assert.equal(room.unread, 0);
});

test('Unread again: a reload knows it', () => {
  const { server, client, room } = reader();
  client.talk.mark_unread(room, 7);
  assert.deepEqual(client.marks.get('lobby'), { generation: room.log.generation, seq: 6, back: 9 });
  const again = new fake_client(server, 'Me', undefined, client.marks);
  again.connect();
  again.settle();
  assert.equal(again.talk.get('lobby').unread, 3);
});

test('Unread again: nothing that isn’t there', () => {
  const { client, room } = reader();
  for (const seq of [0, 10]) client.talk.mark_unread(room, seq);
  assert.equal(room.unread, 0);
});
