import assert from 'node:assert/strict';
import test from 'node:test';
import { browser_db } from '../../web/browser_db.js';
import { kept_messages, most_messages, most_rooms } from '../../web/kept_messages.js';
import { fake_client, fake_server } from './fake_server.mjs';

/// A database that keeps what it would write to a disk: nothing in it is shared with whoever put it there.
function database() {
  const values = new Map();
  return {
    values,
    get: async (key) => (values.has(key) ? structuredClone(values.get(key)) : undefined),
    set: async (key, value) => void values.set(key, structuredClone(value)),
    remove: async (key) => void values.delete(key),
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/// Me is in the lobby, where Ann said so much.
function reader(said) {
  const server = new fake_server();
  const lobby = server.room('lobby');
  for (let i = 1; i <= said; i += 1) server.post(lobby, 'Ann', `words ${i}`);
  const client = new fake_client(server, 'Me');
  client.connect();
  const room = client.talk.enter('lobby');
  client.talk.open(room);
  client.settle();
  return { server, client, room };
}

async function kept_of(db, more = {}) {
  const kept = new kept_messages({ db, wanted: () => true, now: () => 1, ...more });
  await kept.begin('Me');
  return kept;
}
const texts = (log) => log.entries.map(({ text }) => text);

test('Kept messages: are shown without a connection, and no more once the room is heard', async () => {
  const db = database();
  const { server, room } = reader(3);
  await (await kept_of(db)).keep(room);
  const kept = await kept_of(db);
  const again = new fake_client(server, 'Me');
  const other = again.talk.enter('lobby');
  assert.deepEqual(texts(kept.log_of(other)), ['words 1', 'words 2', 'words 3']);
  again.connect();
  again.talk.open(other);
  again.settle();
  assert.equal(kept.log_of(other), other.log);
  assert.equal(kept.log_of(again.talk.enter('garden')).entries.length, 0);
});

test('Kept messages: only the last ones, of the last rooms, and each once', async () => {
  const db = database();
  let [now, writes] = [0, 0];
  const counting = { ...db, set: async (...all) => ((writes += 1), db.set(...all)) };
  const kept = await kept_of(counting, { now: () => (now += 1) });
  const { room } = reader(most_messages + 60);
  for (let n = 0; n < 2; n += 1) await kept.keep(room);
  assert.equal(writes, 1);
  const stored = db.values.get('Me/lobby').entries;
  assert.ok(stored.length <= most_messages && stored.at(-1).text === `words ${most_messages + 60}`);
  for (let n = 0; n < most_rooms; n += 1) await kept.keep(Object.assign(Object.create(room), { key: `room-${n}` }));
  assert.equal(db.values.size, most_rooms);
  assert.ok(!db.values.has('Me/lobby'), 'the oldest is forgotten');
});

test('Kept messages: nothing stays of somebody who signs out, nor where nothing may be kept', async () => {
  const db = database();
  const { room } = reader(3);
  await (await kept_of(db, { wanted: () => false })).keep(room);
  assert.equal(db.values.size, 0);
  const kept = await kept_of(db);
  await kept.keep(room);
  await db.set('You/lobby', { at: 1, generation: 'g', head: 0, entries: [] });
  await kept.forget();
  assert.deepEqual([...db.values.keys()], ['You/lobby']);
  await kept.keep(room);
  assert.equal(db.values.size, 1);
  const mine = await kept_of(db);
  await mine.keep(room);
  await mine.drop('lobby');
  assert.deepEqual([...db.values.keys()], ['You/lobby']);
});

test('Kept messages: a browser that forbids its database keeps nothing, and nothing breaks', async () => {
  for (const forbidden of [undefined, { open: () => { throw new Error('The operation is insecure.'); } }]) {
    const db = new browser_db('greenroom', forbidden);
    assert.equal(await db.get('x'), undefined);
    await db.set('x', 1);
    await db.remove('x');
    assert.deepEqual(await db.keys(''), []);
  }
});
