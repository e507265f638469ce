import assert from 'node:assert/strict';
import test from 'node:test';

import { by_room, json_store } from '../../web/store.js';

/// A storage of one page.
function storage(held = {}) {
  return {
    held,
    getItem: (key) => held[key] ?? null,
    setItem: (key, value) => (held[key] = value),
    removeItem: (key) => delete held[key],
  };
}

test('Store: keeps a value for each room, and nothing for the others', () => {
  const place = storage();
  const marks = by_room(json_store(place, 'marks', {}));
  marks.set('lobby', { generation: 'a', seq: 3 });
  marks.set('tea', { generation: 'b', seq: 4 });
  marks.set('tea', null);
  const again = by_room(json_store(place, 'marks', {}));
  assert.deepEqual(again.get('lobby'), { generation: 'a', seq: 3 });
  assert.equal(again.get('tea'), null);
});

test('Store: a room may have the name of something that every object has', () => {
  const place = storage();
  const drafts = by_room(json_store(place, 'drafts', {}));
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) assert.equal(drafts.get(name), null, name);
  drafts.set('constructor', 'hello');
  assert.equal(drafts.get('constructor'), 'hello');
  drafts.set('constructor', '');
  assert.equal(by_room(json_store(place, 'drafts', {})).get('constructor'), null);
});

test('Store: what is stored may be nonsense', () => {
  for (const nonsense of ['{', 'null', '7']) {
    const marks = by_room(json_store(storage({ marks: nonsense }), 'marks', {}));
    assert.equal(marks.get('lobby'), null, nonsense);
  }
});
