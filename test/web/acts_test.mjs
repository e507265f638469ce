import assert from 'node:assert/strict';
import test from 'node:test';
import { pending_acts } from '../../clients/js/src/acts.js';

const mute = { kind: 'mute', user: 'Bob' };
const ids = (due) => due.map(({ id }) => id);

test('Acts: are sent to joined rooms, and again with the same id until they are answered', async () => {
  const acts = new pending_acts();
  const answer = acts.add('lobby', mute, 0, 'x');
  assert.deepEqual(acts.take(['garden'], 0), []);
  assert.deepEqual(acts.take(['lobby'], 0), [{ room: 'lobby', id: 'x', act: mute }]);
  assert.deepEqual(acts.take(['lobby'], 4999), []);
  assert.deepEqual(ids(acts.take(['lobby'], 5000)), ['x']);
  assert.equal(acts.answered('x', { entry: { seq: 3 } }), true);
  assert.deepEqual(await answer, { entry: { seq: 3 } });
  assert.equal(acts.answered('x', {}), false);
  assert.deepEqual(acts.take(['lobby'], 99999), []);
});

test('Acts: a refusal is told at once, unless the same may simply be sent again', async () => {
  const acts = new pending_acts();
  for (const code of ['forbidden', 'no_user', 'bad_frame', 'rate_limited']) {
    const answer = acts.add('lobby', mute, 0, code);
    assert.equal(acts.refused({ id: code, code, retry_after: code === 'rate_limited' ? 2 : 0 }, 2, 0), true);
    assert.deepEqual((await answer).error.code, code);
  }
  for (const code of ['unavailable', 'unknown_outcome', 'not_joined']) {
    acts.add('lobby', mute, 0, code);
    acts.take(['lobby'], 0);
    assert.equal(acts.refused({ id: code, code }, 2, 100), true);
    assert.deepEqual(acts.take(['lobby'], 2099), []);
    assert.deepEqual(ids(acts.take(['lobby'], 2100)), [code]);
    acts.answered(code, {});
  }
  assert.equal(acts.refused({ id: 'other', code: 'forbidden' }, 1, 0), false);
});

test('Acts: after a cut they go out again at once; after twenty seconds nobody waits for them', async () => {
  const acts = new pending_acts();
  const answer = acts.add('lobby', mute, 0, 'x');
  acts.take(['lobby'], 0);
  acts.disconnected(100);
  assert.deepEqual(ids(acts.take(['lobby'], 100)), ['x']);
  acts.expire(19999);
  assert.deepEqual(ids(acts.take(['lobby'], 19999)), ['x']);
  acts.expire(20000);
  assert.deepEqual(await answer, { error: { code: 'unknown_outcome' } });
});
