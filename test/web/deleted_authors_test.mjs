import assert from 'node:assert/strict';
import test from 'node:test';
import { fake_client, fake_server } from './fake_server.mjs';

/// Ann reads a room in which Eve did all sorts of things.
function room_with_eve() {
  const server = new fake_server();
  const lobby = server.room('lobby');
  lobby.face = { Ann: 'owner' };
  const ann = new fake_client(server, 'Ann');
  ann.connect();
  ann.talk.open(ann.talk.enter('lobby'));
  ann.settle();
  server.post(lobby, 'Eve', 'hi');
  server.post(lobby, 'Bob', 'hello');
  server.post(lobby, 'Eve', '👍', undefined, { kind: 'react', target: 2 });
  server.post(lobby, 'Bob', '👍', undefined, { kind: 'react', target: 2 });
  server.post(lobby, 'Eve', '+1', undefined, { kind: 'react', target: 2 });
  server.post(lobby, 'Eve', '+1', undefined, { kind: 'unreact', target: 2 });
  server.post(lobby, 'Ann', '', undefined, { kind: 'mute', user: 'Eve' });
  ann.settle();
  return { server, lobby, ann, room: ann.talk.get('lobby') };
}
const hear = (ann, frame) => ann.talk.hear({ type: 'erased', room: 'lobby', user: 'eve', ...frame });

test('Deleted authors: what they said and did is `deleted`’s at once, and the page is drawn again', () => {
  const { ann, room } = room_with_eve();
  const before = ann.stale;
  hear(ann, {});
  const { log } = room;
  assert.deepEqual([log.find(1).from, log.find(1).text], ['deleted', 'hi']);
  assert.deepEqual([log.find(2).from, log.find(2).reactions], ['Bob', [{ text: '👍', count: 2, mine: false }]]);
  assert.deepEqual([log.find(3).from, log.find(7).from, log.find(7).user], ['deleted', 'Ann', 'deleted']);
  assert.equal(ann.stale, before + 1, 'who runs the room may be another one');
});

test('Deleted authors: what they wrote is empty, where they chose so, and their marks are gone', () => {
  const { ann, room } = room_with_eve();
  hear(ann, { seqs: [3, 5, 6] });
  const { log } = room;
  const { seq, from, text, kind, target } = log.find(1);
  assert.deepEqual([seq, from, text, kind, target], [1, 'deleted', '(removed)', 'erased', undefined], 'older ones alike');
  assert.deepEqual(log.find(2).reactions, [{ text: '👍', count: 1, mine: false }]);
  assert.deepEqual([log.find(3).kind, log.find(4).kind, log.find(7).kind], ['erased', 'react', 'mute']);
  hear(ann, { seqs: [3, 5, 6] });
  assert.deepEqual(log.find(2).reactions, [{ text: '👍', count: 1, mine: false }], 'once is enough');
});

test('Deleted authors: a page that was read before changes nothing, and later ones are the same', () => {
  const { server, lobby, ann, room } = room_with_eve();
  hear(ann, { seqs: [1, 3, 5, 6] });
  room.log.clear();
  room.log.add_page([{ seq: 1, from: 'Eve', text: 'hi', at: new Date(server.now).toISOString() }], {}, 7);
  assert.deepEqual([room.log.find(1).kind, room.log.find(1).from], ['erased', 'deleted']);
  server.post(lobby, 'Bob', 'still here');
  ann.settle();
  assert.equal(room.log.find(8).text, 'still here');
});
