import assert from 'node:assert/strict';
import test from 'node:test';
import { composing } from '../../web/composing.js';
import { offered, reaction_fault, toggled } from '../../web/reactions.js';

const bobs = { seq: 4, from: 'Bob', text: 'hello' };

test('Composing: something new is said as it is', () => {
  const field = new composing();
  assert.equal(field.words(), '');
  assert.deepEqual(field.finish('hi'), { draft: '', say: { text: 'hi' } });
});

test('Composing: an answer names its message, once', () => {
  const field = new composing();
  assert.equal(field.begin('reply', bobs, 'half'), 'half');
  assert.equal(field.words(), 'Answer to Bob: “hello”');
  assert.deepEqual(field.finish('hi'), { draft: '', say: { text: 'hi', target: 4 } });
  assert.deepEqual(field.finish('more').say, { text: 'more' });
});

test('Composing: an edit begins with the text, and what was in the field comes back', () => {
  const field = new composing();
  assert.equal(field.begin('edit', bobs, 'half'), 'hello');
  assert.equal(field.words(), 'Your message, edited: “hello”');
  assert.deepEqual(field.finish('hullo'), { draft: 'half', act: { kind: 'edit', target: 4, text: 'hullo' } });
  field.begin('edit', bobs, 'half');
  assert.deepEqual(field.finish('hello'), { draft: 'half', act: null }, 'nothing changed');
  field.begin('edit', bobs, 'half');
  assert.equal(field.begin('reply', bobs, 'hello!'), 'half');
  assert.equal(field.cancel('half a line'), 'half a line');
  field.begin('edit', bobs, 'half');
  assert.equal(field.cancel('hullo'), 'half');
  assert.equal(field.words(), '');
});

test('Reactions: one’s own is taken back, another’s joined', () => {
  const entry = { seq: 4, reactions: [{ text: '👍', count: 2, mine: true }, { text: '🎉', count: 1, mine: false }] };
  assert.deepEqual(toggled(entry, '👍'), { kind: 'unreact', target: 4, text: '👍' });
  assert.deepEqual(toggled(entry, '🎉'), { kind: 'react', target: 4, text: '🎉' });
  assert.deepEqual(toggled({ seq: 4 }, '😂'), { kind: 'react', target: 4, text: '😂' });
});

test('Reactions: 1 to 32 bytes of text', () => {
  for (const text of [...offered, '+1', 'x'.repeat(32)]) assert.equal(reaction_fault(text), '', text);
  assert.equal(reaction_fault('é'.repeat(17)), 'Too long by 2 bytes.');
  for (const text of ['', 'a\nb', 'a\u0000']) assert.ok(reaction_fault(text));
});
