import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { folding } from '../../clients/js/src/folding.js';

const scripts = new URL('../data/folding/', import.meta.url);
const time_of = (seq) => new Date(seq * 1000).toISOString();

/// `1 ann text "hi" >3 edited=5 👍*2+me pinned` as an entry of a page.
function entry_of(line) {
  const [seq, from, kind, ...rest] = line.split(' ');
  const entry = { seq: Number(seq), from, text: '', at: time_of(seq) };
  if (kind !== 'text') entry.kind = kind;
  for (const word of rest) {
    const reaction = word.match(/^(.+)\*(\d+)(\+me)?$/);
    if (word.startsWith('"')) entry.text = word.slice(1, -1);
    else if (word.startsWith('>')) entry.target = Number(word.slice(1));
    else if (word.startsWith('edited='))
      entry.edited = { seq: Number(word.slice(7)), at: time_of(word.slice(7)) };
    else if (word === 'pinned') entry.pinned = true;
    else if (reaction)
      (entry.reactions ??= []).push({ text: reaction[1], count: Number(reaction[2]), mine: Boolean(reaction[3]) });
    else assert.fail(`a word that isn't known: ${word}`);
  }
  return entry;
}

function expected(line) {
  const entry = entry_of(line);
  return entry.kind === 'erased' ? { ...entry, text: '(removed)' } : entry;
}

class client {
  reader = 'ann';
  most = 1000;
  #folded = null;
  #as_of = 0;

  run(line, where) {
    const [command, ...words] = line.split(' ');
    const rest = words.join(' ');
    this.#folded ??= command === 'reader' || command === 'remembers' ? null : new folding(this.reader, { most: this.most });
    if (command === 'reader') this.reader = rest;
    else if (command === 'remembers') this.most = Number(rest);
    else if (command === 'hear') this.#folded.hear(entry_of(rest));
    else if (command === 'page') this.#as_of = Number(rest);
    else if (command === '+') this.#folded.read(entry_of(rest), this.#as_of);
    else if (rest.endsWith(' absent')) assert.equal(this.#folded.find(Number(words[0])), null, where);
    else {
      const found = this.#folded.find(Number(words[0])) ?? {};
      delete found.as_of;
      if (found.kind === 'erased') found.text = '(removed)';
      assert.deepEqual(found, expected(rest), where);
    }
  }
}

for (const name of readdirSync(scripts).filter((each) => each.endsWith('.txt'))) {
  test(`Folding: ${name}`, () => {
    const lines = readFileSync(new URL(name, scripts), 'utf8').split('\n');
    let played = null;
    let title = '';
    let cases = 0;
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('= ')) {
        played = new client();
        title = line.slice(2);
        cases += 1;
      } else if (line) played.run(line, `${name}:${index + 1}: ${title}`);
    }
    assert.ok(cases > 10);
  });
}

test('Folding: of very many acts on one message it keeps the sum, and not the acts', () => {
  const folded = new folding('ann', { most: 100 });
  folded.hear({ seq: 1, from: 'bob', text: 'hi', at: time_of(1) });
  for (let seq = 2; seq < 5002; seq += 1)
    folded.hear({ seq, from: `p${seq >> 1}`, kind: seq % 2 ? 'unreact' : 'react', target: 1, text: '👍', at: time_of(seq) });
  folded.hear({ seq: 5002, from: 'ann', kind: 'react', target: 1, text: '👍', at: time_of(5002) });
  assert.deepEqual(folded.find(1).reactions, [{ text: '👍', count: 1, mine: true }]);
});

test('Folding: what is shown no more is forgotten, and comes back with a page', () => {
  const folded = new folding('ann');
  folded.hear({ seq: 1, from: 'bob', text: 'hi', at: time_of(1) });
  folded.forget(1);
  assert.equal(folded.find(1), null);
  assert.equal(folded.hear({ seq: 4, from: 'ann', kind: 'react', target: 1, text: '👍', at: time_of(4) }), 0);
  assert.equal(folded.read({ seq: 1, from: 'bob', text: 'hi', at: time_of(1) }, 3), 1);
  assert.deepEqual(folded.find(1).reactions, [{ text: '👍', count: 1, mine: true }]);
});

test('Folding: an edited action is told as a page has it', () => {
  const folded = new folding('ann');
  folded.hear({ seq: 1, from: 'ann', text: '* waves', kind: 'action', at: time_of(1) });
  folded.hear({ seq: 2, from: 'ann', text: 'bows', kind: 'edit', target: 1, at: time_of(2) });
  assert.equal(folded.find(1).text, '* bows');
});
