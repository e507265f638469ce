import assert from 'node:assert/strict';
import test from 'node:test';
import { known_rooms } from '../../web/known_rooms.js';
import { memory_storage } from './fake_server.mjs';

const room = (name, access = 'open') => ({ key: name.toLowerCase(), name, face: { access } });

test('Known rooms: two tabs do not forget one another’s', () => {
  const storage = memory_storage();
  const [one, two] = [new known_rooms(storage, 'ann'), new known_rooms(storage, 'ann')];
  one.keep(room('x'));
  two.keep(room('Y', 'private'));
  const names = () => new known_rooms(storage, 'ann').list().map(({ name, access }) => `${name} ${access}`).sort();
  assert.deepEqual(names(), ['Y private', 'x open']);
  one.forget('y');
  assert.deepEqual(names(), ['x open']);
  assert.deepEqual(new known_rooms(storage, 'bob').list(), []);
});

test('Known rooms: what an older page kept is taken over, once', () => {
  const storage = memory_storage();
  storage.setItem('greenroom.rooms.ann', JSON.stringify([{ name: 'constructor', private: false }, { name: 'b', private: true }]));
  const known = new known_rooms(storage, 'ann');
  assert.deepEqual(known.list().map(({ name }) => name).sort(), ['b', 'constructor']);
  known.clear();
  assert.deepEqual(new known_rooms(storage, 'ann').list(), []);
});
