import assert from 'node:assert/strict';
import test from 'node:test';
import { unheard_ranges } from '../../clients/js/src/unheard.js';
import { seeded } from './fake_server.mjs';

test('Unheard: what the log has beyond what is known was missed, until it is heard', () => {
  const unheard = new unheard_ranges();
  unheard.reset(10);
  assert.equal(unheard.newest(), 0);
  unheard.note(20);
  assert.equal(unheard.newest(), 20);
  unheard.hear(15, 20);
  assert.equal(unheard.newest(), 14);
  unheard.hear(11, 14);
  assert.equal(unheard.newest(), 0);
  unheard.note(20);
  assert.equal(unheard.newest(), 0, 'it is known by now');
});

test('Unheard: ranges that touch are one, and one that is heard in its middle is two', () => {
  const unheard = new unheard_ranges();
  unheard.miss(1, 300);
  unheard.miss(301, 600);
  assert.equal(unheard.newest(500), 600);
  unheard.hear(300);
  assert.deepEqual([unheard.newest(500), unheard.newest(299), unheard.newest()], [0, 600, 600]);
  unheard.miss(900, 900);
  assert.deepEqual([unheard.newest(1), unheard.newest()], [600, 900]);
});

test('Unheard: says of every number what a set says, and of too many ranges never less', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seeded(seed);
    const unheard = new unheard_ranges();
    const missed = new Set();
    let known = 0;
    for (let step = 0; step < 300; step += 1) {
      const from = 1 + Math.floor(random() * 400);
      const to = from + Math.floor(random() * (step % 7 ? 5 : 80));
      const dice = random();
      for (let seq = dice < 0.2 ? known + 1 : from; seq <= to; seq += 1) {
        if (dice < 0.6) missed.add(seq);
        else missed.delete(seq);
      }
      if (dice < 0.2) unheard.note(to);
      else if (dice < 0.6) unheard.miss(from, to);
      else unheard.hear(from, to);
      known = Math.max(known, to);
      const newest = Math.max(0, ...missed);
      assert.ok(unheard.newest() >= newest, `seed ${seed}`);
      if (seed % 2) assert.equal(unheard.newest(), newest, `seed ${seed} step ${step}`);
    }
  }
});

test('Unheard: of more ranges than are kept, the oldest become one', () => {
  const unheard = new unheard_ranges();
  for (let seq = 2; seq <= 200; seq += 2) unheard.miss(seq, seq);
  assert.equal(unheard.newest(), 200);
  assert.ok(unheard.newest(50) >= 100, 'what was heard between them counts as missed');
  assert.ok(unheard.newest(50) < 200);
});
