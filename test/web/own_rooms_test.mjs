import assert from 'node:assert/strict';
import test from 'node:test';
import { room_face } from '../../clients/js/src/face.js';
import { own_rooms } from '../../web/own_rooms.js';

/// Somebody in an open room of which they are no member; `unsent` says how many messages wait, each time it is asked.
function desk({ unsent, answer = true, state = 'joined' }) {
  const made = { asked: [], forgotten: [], waits: 0 };
  const room = { name: 'lobby', key: 'lobby', state, face: new room_face('Me'), is_private: false };
  made.own = new own_rooms({
    api: {},
    view: { ask: async ({ words }) => made.asked.push(words) && answer },
    made: () => {},
    forget: (each) => made.forgotten.push(each.name),
    unsent,
    wait: async () => (made.waits += 1),
  });
  made.leave = () => made.own.leave(room);
  return made;
}

test('Leaving: what was just written goes out first', async () => {
  const left = [2, 1, 1, 0];
  const made = desk({ unsent: () => left[Math.min(made.waits, 3)] });
  await made.leave();
  assert.deepEqual([made.waits, made.asked, made.forgotten], [3, [], ['lobby']]);
});

test('Leaving: what can’t be sent is asked about', async () => {
  for (const [answer, forgotten] of [
    [true, ['lobby']],
    [false, []],
  ]) {
    const made = desk({ unsent: () => 2, answer });
    await made.leave();
    assert.deepEqual([made.asked.length, made.forgotten], [1, forgotten]);
    assert.match(made.asked[0], /^2 messages of yours/);
  }
});

test('Leaving: nobody waits where there is no connection', async () => {
  const made = desk({ unsent: () => 1, state: 'away' });
  await made.leave();
  assert.deepEqual([made.waits, made.asked.length], [0, 1]);
});
