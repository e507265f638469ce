import assert from 'node:assert/strict';
import test from 'node:test';
import { later } from '../../web/later.js';

test('Later: loaded once, when it is first used', async () => {
  let loads = 0;
  const part = new later(async () => ({ loads: (loads += 1) }));
  assert.equal(part.here, null);
  assert.equal(loads, 0);
  const [one, other] = await Promise.all([part.get(), part.get()]);
  assert.equal(one, other);
  assert.equal(part.here, one);
  assert.equal(loads, 1);
});

test('Later: what could not be loaded is said, and tried again', async () => {
  let [reachable, faults] = [false, 0];
  const load = async () => {
    if (!reachable) throw new TypeError('Failed to fetch dynamically imported module');
    return 'here';
  };
  const part = new later(load, { failed: () => (faults += 1) });
  assert.equal(await part.get(), null);
  assert.equal(faults, 1);
  await part.ahead();
  assert.deepEqual([part.here, faults], [null, 1], 'ahead of its use nobody need know');
  reachable = true;
  await part.ahead();
  assert.equal(part.here, 'here');
  assert.equal(await part.get(), 'here');
  assert.equal(faults, 1);
});
