import assert from 'node:assert/strict';
import test from 'node:test';
import { message_outbox, new_id } from '../../clients/js/src/outbox.js';
import { each_under } from '../../clients/js/src/store.js';
import { memory_storage } from './fake_server.mjs';

const fresh = (storage = memory_storage()) => new message_outbox(each_under(storage, 'message.'));
const ids = (entries) => entries.map(({ id }) => id);

test('Outbox: one message a room is in flight, in the order in which they were written', () => {
  const outbox = fresh();
  outbox.add('a', 'one', 0, { id: 'a1' });
  outbox.add('a', 'two', 0, { id: 'a2' });
  outbox.add('b', 'three', 0, { id: 'b1' });
  assert.deepEqual(ids(outbox.take(['a', 'b'], 0)), ['a1', 'b1']);
  assert.deepEqual(outbox.take(['a', 'b'], 1), []);
  assert.ok(outbox.acknowledged('a', 'a1'));
  assert.deepEqual(ids(outbox.take(['a', 'b'], 2)), ['a2']);
});

test('Outbox: what was not answered in time, or before a cut, goes out again under its id', () => {
  const outbox = fresh();
  outbox.add('a', 'one', 0, { id: 'a1' });
  outbox.take(['a'], 0);
  assert.deepEqual(ids(outbox.take(['a'], 10000)), ['a1']);
  outbox.disconnected();
  assert.deepEqual(ids(outbox.take(['a'], 10001)), ['a1']);
});

test('Outbox: a room that is held back waits, the others do not', () => {
  const outbox = fresh();
  outbox.add('a', 'one', 0, { id: 'a1' });
  outbox.add('b', 'two', 0, { id: 'b1' });
  outbox.take(['a', 'b'], 0);
  outbox.hold('a', 5000);
  outbox.hold('b', 1000);
  assert.deepEqual(ids(outbox.take(['a', 'b'], 4999)), ['b1']);
  assert.deepEqual(ids(outbox.take(['a', 'b'], 5000)), ['a1']);
});

test('Outbox: a failed message lets the next one go, and can be retried under its id or discarded', () => {
  const outbox = fresh();
  outbox.add('a', 'one', 0, { id: 'a1' });
  outbox.add('a', 'two', 0, { id: 'a2' });
  outbox.take(['a'], 0);
  outbox.failed('a', 'a1', 'because');
  assert.deepEqual(ids(outbox.take(['a'], 1)), ['a2']);
  outbox.retry('a', 'a1', 2);
  assert.deepEqual(ids(outbox.of('a')), ['a2', 'a1']);
  outbox.acknowledged('a', 'a2');
  assert.deepEqual(ids(outbox.take(['a'], 3)), ['a1']);
  outbox.discard('a', 'a1');
  assert.equal(outbox.waiting, 0);
});

test('Outbox: a reload loses neither pending nor failed messages', () => {
  const storage = memory_storage();
  const before = fresh(storage);
  before.add('a', 'one', 0, { id: 'a1' });
  before.add('a', 'two', 0, { id: 'a2', target: 7 });
  before.take(['a'], 0);
  before.failed('a', 'a1', 'because');
  const after = fresh(storage);
  assert.deepEqual(
    after.of('a').map(({ id, state }) => [id, state]),
    [
      ['a1', 'failed'],
      ['a2', 'pending'],
    ],
  );
  const due = after.take(['a'], 1);
  assert.deepEqual([ids(due), due[0].target], [['a2'], 7]);
});

test('Outbox: what is stored may be nonsense, and the storage full', () => {
  const storage = memory_storage();
  storage.setItem('message.a0', '{"not":"a message"');
  storage.setItem('message.a1', '{"id":"a1"}');
  assert.equal(fresh(storage).waiting, 0);
  storage.setItem = () => {
    throw new Error('full');
  };
  const outbox = fresh(storage);
  outbox.add('a', 'one', 0, { id: 'a1' });
  assert.deepEqual(ids(outbox.take(['a'], 0)), ['a1']);
});

test('Outbox: what one tab wrote and could not send, another one sends, in order; and what was sent by either is gone', () => {
  const storage = memory_storage();
  const [one, two] = [fresh(storage), fresh(storage)];
  one.add('a', 'one', 0, { id: 'a1' });
  two.add('a', 'two', 1, { id: 'a2' });
  one.add('a', 'three', 1, { id: 'a3' });
  one.acknowledged('a', 'a1');
  const three = fresh(storage);
  assert.deepEqual(ids(three.of('a')), ['a2', 'a3']);
  three.acknowledged('a', 'a2');
  three.acknowledged('a', 'a3');
  assert.ok(two.has('a', 'a2'), 'it may be sent again, under the same id');
  assert.equal(fresh(storage).waiting, 0);
});

test('Outbox: what is to be sent again is behind the others, also after a reload', () => {
  const storage = memory_storage();
  const before = fresh(storage);
  before.add('a', 'one', 0, { id: 'a1' });
  before.add('a', 'two', 0, { id: 'a2' });
  before.failed('a', 'a1', 'because');
  before.retry('a', 'a1', 0);
  assert.deepEqual(ids(fresh(storage).of('a')), ['a2', 'a1']);
});

test('NewId: is 1 to 64 printable characters, also where randomUUID is missing', () => {
  const insecure = { getRandomValues: (bytes) => globalThis.crypto.getRandomValues(bytes) };
  assert.match(new_id(insecure), /^[0-9a-f]{32}$/);
  assert.notEqual(new_id(insecure), new_id(insecure));
  assert.match(new_id({ randomUUID: () => 'native' }), /^native$/);
});
