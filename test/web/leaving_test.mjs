import assert from 'node:assert/strict';
import test from 'node:test';
import { told_later } from '../../web/leaving.js';

function world(answers) {
  const kept = { word: 'csrf', get: () => kept.word, clear: () => (kept.word = null) };
  const calls = [];
  const waits = [];
  let needed = true;
  const tell = told_later({
    api: { logout: async (csrf) => (calls.push(csrf), answers.shift()?.()) },
    leaving: kept,
    is_needed: () => needed,
    later: (what, wait) => waits.push([what, wait]),
  });
  return { kept, calls, waits, tell, sign_in: () => (needed = false) };
}
const refuse = (status) => () => {
  throw Object.assign(new Error('no'), { status });
};

test('Leaving: the server is told again until it has heard it', async () => {
  const { kept, calls, waits, tell } = world([refuse(0), refuse(503)]);
  await tell();
  assert.equal(kept.word, 'csrf');
  await waits[0][0]();
  assert.equal(waits.length, 2);
  await waits[1][0]();
  assert.deepEqual([calls, kept.word, waits.length], [['csrf', 'csrf', 'csrf'], null, 2]);
});

test('Leaving: a session that ended already needs no word, and nobody who signed in since is signed out', async () => {
  for (const status of [401, 403]) {
    const { kept, waits, tell } = world([refuse(status)]);
    await tell();
    assert.deepEqual([kept.word, waits.length], [null, 0]);
  }
  const { calls, tell, sign_in } = world([]);
  sign_in();
  await tell();
  assert.deepEqual(calls, []);
});
