import assert from 'node:assert/strict';
import test from 'node:test';
import { all_emoji, emoji_begun, emoji_finished, found_emoji, with_emoji, with_recent } from '../../web/emoji.js';
import { groups } from '../../web/emoji_data.js';
import { reaction_fault } from '../../web/reactions.js';

const all = all_emoji(groups);
const signs = (wanted, most) => found_emoji(all, wanted, most).map(({ sign }) => sign);

test('Emoji: the table is whole, each has a name of its own and can be a reaction', () => {
  assert.ok(all.length > 1800, String(all.length));
  assert.equal(groups.length, 9);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const { sign, name } of all) {
    assert.match(name, /^[a-z0-9_+-]{1,80}$/i, sign);
    assert.equal(reaction_fault(sign), '', name);
  }
});

test('Emoji: are found by a part of their names, the best first', () => {
  assert.equal(signs('smile')[0], '😄');
  assert.equal(signs('SMI')[0], '😃');
  assert.ok(signs('heart', 64).includes('❤️'));
  assert.ok(signs('cat', 64).length > 5);
  assert.equal(signs('👍')[0], '👍');
  assert.equal(signs('thumbs up').length, signs('thumbs_up').length);
  assert.deepEqual(signs('no such thing'), []);
  assert.equal(found_emoji(all, 'e').length, 8);
});

test('Emoji: one that is begun is known, but no time of day, no address and no path', () => {
  assert.deepEqual(emoji_begun('hi :smi', 7), { from: 3, begun: 'smi' });
  for (const text of ['at 12:30', 'http://x', 'a:bc', ':s', 'x::smile', 'C:/temp', ': smile']) assert.equal(emoji_begun(text, text.length), null, text);
  assert.equal(emoji_begun(':smile', 4), null, 'in the middle of it');
  assert.deepEqual(with_emoji('hi :smi there', 7, { from: 3 }, '😄'), { text: 'hi 😄 there', caret: 6 });
});

test('Emoji: one that is written out becomes its sign', () => {
  assert.deepEqual(emoji_finished('so :smile: x', 10, all), { text: 'so 😄 x', caret: 5 });
  assert.deepEqual(emoji_finished(':+1:', 4, all), { text: '👍', caret: 2 });
  for (const text of [':no_such:', 'at 12:30:', ':smile', '::']) assert.equal(emoji_finished(text, text.length, all), null, text);
});

test('Emoji: those that were used last come first, each once', () => {
  assert.deepEqual(with_recent(['a', 'b', 'c'], 'b'), ['b', 'a', 'c']);
  assert.equal(with_recent(Array.from({ length: 16 }, (_, at) => String(at)), 'x').length, 16);
});
