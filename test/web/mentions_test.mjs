import assert from 'node:assert/strict';
import test from 'node:test';
import { room_face } from '../../clients/js/src/face.js';
import {
  begun_before,
  completed,
  mentions,
  named_in,
  names_of,
  offers,
  with_names,
} from '../../clients/js/src/mentions.js';

function face_of(me) {
  const face = new room_face(me);
  face.joined({ head: 1, access: 'open', owner: 'Ann', role: 'member' });
  face.members(['Mod', 'Bob'], { Mod: 'moderator' }, 1);
  return face;
}
const names = (text) => named_in(text).map(({ name }) => name);
const says = (text, from = 'Cid') => mentions({ from, text }, face_of('Bob'));

test('Mentions: a name after the text’s start, or after what can be in no name and no address', () => {
  for (const text of ['@bob', 'hi @bob', '(@bob)', 'hi,@bob!', '@BOB: come', '\n@bob', '“@bob”', '@ann,@bob', 'a/@bob', 'é@bob', '你好@bob', '@bobé', '@bob.smith'])
    assert.ok(says(text), text);
  for (const text of ['bob', 'x@bob', '1@bob', '_@bob', '-@bob', 'a.@bob', '@@bob', '@bobby', '@bob_', '@bob-', '@ bob', '@1bob'])
    assert.ok(!says(text), text);
});

test('Mentions: nobody mentions themselves', () => {
  assert.ok(!says('@bob', 'bob'));
  assert.deepEqual(names_of('BOB', face_of('Bob')), []);
});

test('Mentions: everybody, where a moderator says so', () => {
  assert.ok(says('@room: tea', 'Mod') && says('@Room', 'ann'));
  assert.ok(!says('@room: tea', 'Cid') && !says('@roomy', 'Mod'));
});

test('Mentions: of many names only the first twenty count', () => {
  const crowd = Array.from({ length: 20 }, (_, n) => `@n${n}`).join(' ');
  assert.equal(names(`${crowd} @bob @N3`).length, 21, 'each once');
  assert.ok(!says(`${crowd} @bob`));
  assert.deepEqual(names(`@${'a'.repeat(32)} @${'b'.repeat(33)}`), ['a'.repeat(32)]);
});

test('Mentions: the words that mean the reader stand out, and the parts together are the text', () => {
  assert.deepEqual(with_names('hi @Bob, and @ann', ['bob']), [
    { text: 'hi ' },
    { text: '@Bob', named: true },
    { text: ', and @ann' },
  ]);
  assert.deepEqual(with_names('@bob@bob', ['bob']), [{ text: '@bob', named: true }, { text: '@bob' }]);
  assert.deepEqual(with_names('@bob', []), [{ text: '@bob' }]);
  assert.deepEqual(with_names('', ['bob']), []);
});

test('Completing: a name is begun where the caret is, and nowhere else', () => {
  assert.deepEqual(begun_before('@', 1), { from: 0, begun: '' });
  assert.deepEqual(begun_before('hi @bo', 6), { from: 3, begun: 'bo' });
  assert.deepEqual(begun_before('hi @bo there', 6), { from: 3, begun: 'bo' });
  for (const [text, caret] of [
    ['', 0],
    ['hi', 2],
    ['hi @bo', 4 - 2],
    ['hi @bob', 5],
    ['a@bo', 4],
    ['@bo ', 4],
    ['@1', 2],
  ])
    assert.equal(begun_before(text, caret), null, text);
});

test('Completing: offers each name once, in order, not one’s own, and not what is written out', () => {
  const all = ['Bob', 'bobby', 'Ann', 'BOB', 'Me'];
  assert.deepEqual(offers('b', all, 'me'), ['BOB', 'bobby']);
  assert.deepEqual(offers('', all, 'me'), ['BOB', 'bobby', 'Ann']);
  assert.deepEqual(offers('bobb', all, 'me'), ['bobby']);
  assert.deepEqual(offers('bobby', all, 'me'), []);
  assert.deepEqual(offers('bob', all, 'me'), ['BOB', 'bobby']);
  const crowd = Array.from({ length: 30 }, (_, n) => `n${n}`);
  assert.equal(offers('n', crowd, 'me').length, 8);
});

test('Completing: the name stands in the place of its beginning, and one goes on behind it', () => {
  const whole = completed('hi @bo there', 6, { from: 3 }, 'Bob');
  assert.deepEqual(whole, { text: 'hi @Bob there', caret: 8 });
  assert.deepEqual(completed('@', 1, { from: 0 }, 'Bob'), { text: '@Bob ', caret: 5 });
});
