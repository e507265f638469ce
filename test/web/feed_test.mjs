import assert from 'node:assert/strict';
import test from 'node:test';
import { room_feed } from '../../clients/js/src/feed.js';
import { room_log } from '../../clients/js/src/room.js';
import { seeded } from './fake_server.mjs';

const entry = (seq) => ({ seq, from: 'Ann', text: `t${seq}`, at: '2026-01-01T00:00:00.000Z' });

/// A feed on a log, what it gave, and a server's log to read pages of.
function make({ head = 0 } = {}) {
  const it = { given: [], asked: [], time: 0, stored: [], fails: false };
  for (let seq = 1; seq <= head; seq += 1) it.stored.push(entry(seq));
  it.log = new room_log('Me');
  it.feed = new room_feed({
    log: it.log,
    give: ({ seq }) => it.given.push(seq),
    read: async ({ after, limit }) => {
      it.asked.push(after);
      if (it.fails) throw new Error('away');
      return { messages: it.stored.filter(({ seq }) => seq > after).slice(0, limit), as_of: it.stored.length };
    },
    now: () => it.time,
  });
  it.say = () => it.stored.push(entry(it.stored.length + 1));
  it.hear = (seq) => {
    it.log.add_live(entry(seq));
    it.feed.pump();
  };
  it.log.open({ generation: 'g', head, recovered: true });
  return it;
}

test('Feed: begins at the head, or goes on where it was in the same log', () => {
  const anew = make({ head: 5 });
  anew.feed.start();
  assert.equal(anew.feed.seq, 5);
  anew.feed.start({ generation: 'g', seq: 3 });
  assert.equal(anew.feed.seq, 3);
  anew.feed.start({ generation: 'other', seq: 3 });
  assert.equal(anew.feed.seq, 5);
});

test('Feed: waits for what is missing, and then gives all of it in order', () => {
  const it = make();
  it.feed.start();
  for (const seq of [1, 3, 4, 3]) it.hear(seq);
  assert.deepEqual(it.given, [1]);
  it.hear(2);
  assert.deepEqual(it.given, [1, 2, 3, 4]);
});

test('Feed: reads what nothing brings, however much that is, and tries again', async () => {
  const it = make({ head: 1300 });
  it.feed.start({ generation: 'g', seq: 2 });
  await it.feed.tick();
  assert.deepEqual(it.asked, [], 'it may come by itself');
  it.fails = true;
  it.time = 1500;
  await it.feed.tick();
  assert.deepEqual([it.given.length, it.asked], [0, [2]]);
  it.fails = false;
  for (let at = 0; at < 5; at += 1) {
    it.time += 1500;
    await it.feed.tick();
  }
  assert.deepEqual(
    it.given,
    Array.from({ length: 1298 }, (_, at) => at + 3),
  );
});

test('Feed: what the server does not keep any more is left out, and does not stop it', async () => {
  const it = make({ head: 10 });
  it.stored = it.stored.slice(6);
  it.feed.start({ generation: 'g', seq: 2 });
  await it.feed.tick();
  it.time = 2000;
  await it.feed.tick();
  assert.deepEqual(it.given, [7, 8, 9, 10]);
});

test('Feed: another log under the same name goes on at its head, and is said to be one', () => {
  const it = make({ head: 4 });
  it.feed.start();
  it.log.open({ generation: 'h', head: 2, recovered: false });
  assert.equal(it.feed.pump(), true);
  assert.deepEqual([it.feed.seq, it.feed.generation, it.given], [2, 'h', []]);
  it.hear(3);
  assert.deepEqual(it.given, [3]);
});

test('Feed: by any loss and order, each once and none left out', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seeded(seed);
    const it = make();
    it.feed.start();
    for (let step = 0; step < 200; step += 1) {
      it.time += 400;
      it.say();
      if (random() < 0.6) it.hear(it.stored.length);
      if (random() < 0.1) it.log.note_head(it.stored.length);
      it.fails = random() < 0.3;
      if (random() < 0.3) await it.feed.tick();
    }
    it.fails = false;
    it.log.note_head(it.stored.length);
    for (let at = 0; at < 3; at += 1) {
      it.time += 1500;
      await it.feed.tick();
    }
    assert.deepEqual(
      it.given,
      Array.from({ length: 200 }, (_, at) => at + 1),
      `seed ${seed}`,
    );
  }
});
