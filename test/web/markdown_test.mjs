import assert from 'node:assert/strict';
import test from 'node:test';
import { blocks_of, may_be_marked, parts_of } from '../../web/markdown.js';
import { seeded } from './fake_server.mjs';

/// A tree in one line: what is marked is in brackets with its sign.
function told(parts) {
  return parts
    .map((part) => {
      if (part.code !== undefined) return `[code ${part.code}]`;
      if (part.href) return `[link ${part.text}]`;
      return part.type ? `[${part.type} ${told(part.parts)}]` : part.text;
    })
    .join('');
}

const told_blocks = (text) =>
  blocks_of(text).map((block) => {
    if (block.type === 'text') return told(block.parts);
    if (block.type === 'code') return `{${block.language}: ${block.text}}`;
    if (block.type === 'quote') return `{quote ${block.blocks.map(({ parts = [] }) => told(parts)).join('/')}}`;
    return `{${block.start || 'list'} ${block.items.map(({ parts }) => told(parts)).join('; ')}}`;
  });

test('Markdown: what is marked within a line', () => {
  for (const [text, tree] of [
    ['**bold** and *italic* and _too_ and __so__', '[bold bold] and [italic italic] and [italic too] and [bold so]'],
    ['~~gone~~ ||secret||', '[strike gone] [spoiler secret]'],
    ['**a *b* c**', '[bold a [italic b] c]'],
    ['`**no**` and ``a ` b``', '[code **no**] and [code a ` b]'],
    ['(**yes**), "_yes_"!', '([bold yes]), "[italic yes]"!'],
    ['**over\ntwo lines**', '[bold over\ntwo lines]'],
    ['**see https://a.example/x_y_z** now', '[bold see [link https://a.example/x_y_z]] now'],
    ['https://a.example/_x_ *y*', '[link https://a.example/_x_] [italic y]'],
    ['*a `*` b*', '[italic a [code *] b]'],
  ])
    assert.equal(told(parts_of(text)), tree, text);
});

test('Markdown: signs that go with nothing are shown as they were written', () => {
  for (const text of [
    '2*3*4', '2 * 3 * 4', 'snake_case_name', '__init__x', '¯\\_(ツ)_/¯', '**open', '* *', '** **', '`open', '``', '|| or ||',
    'a || b || c', '~ about ~', '**over\n\nparagraphs**', '***', '*****', '_ _', ':-* and :-*', 'x**2 + y**2', '~~~', '````',
  ]) {
    assert.equal(told(parts_of(text)), text);
  }
});

test('Markdown: blocks', () => {
  assert.deepEqual(told_blocks('see\n```js\nlet **x** = `1`;\n\n> y\n```\nthere'), ['see', '{js: let **x** = `1`;\n\n> y}', 'there']);
  assert.deepEqual(told_blocks('```\nnever closed'), ['```\nnever closed']);
  assert.deepEqual(told_blocks('> they *said*\n> so\nand I'), ['{quote they [italic said]\nso}', 'and I']);
  assert.deepEqual(told_blocks('- one\n- **two**\n\n3. three\n4) four'), ['{list one; [bold two]}', '', '{3 three; four}']);
  assert.deepEqual(told_blocks('>:( no\n-5 degrees\n1.5 litres\n-'), ['>:( no\n-5 degrees\n1.5 litres\n-']);
  assert.deepEqual(told_blocks('a\n\nb'), ['a\n\nb']);
});

test('Markdown: a text without signs is known as one', () => {
  for (const text of ['hello', 'a-b', 'it is 5. or 6.', '12 > 5', 'https://example.org/']) assert.equal(may_be_marked(text), false, text);
  for (const text of ['*a*', 'x\n> y', '- a', '1. a', '`']) assert.equal(may_be_marked(text), true, text);
});

/// All that is in a tree, in order.
const letters = (parts) => parts.map((part) => part.text ?? part.code ?? letters(part.parts)).join('');

test('Markdown: nothing but signs is ever lost, whatever is written, and quickly', () => {
  const alphabet = ['*', '**', '_', '`', '```', '~~', '||', '> ', '- ', ' ', 'a', 'b', 'é', '😀', 'https://x.example/_'];
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seeded(seed);
    const text = Array.from({ length: 60 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    const whole = parts_of(text);
    const without = (string) => string.replace(/[*_`~| ]/g, '');
    assert.equal(without(letters(whole)), without(text), `seed ${seed}`);
  }
  for (const sign of ['*a', '**a', '`', '> ', '||x', '_a*b', '- ', '*a `']) {
    const began = process.cpuUsage();
    blocks_of(sign.repeat(Math.floor(4096 / sign.length)));
    assert.ok(process.cpuUsage(began).user < 500_000, sign);
  }
});
