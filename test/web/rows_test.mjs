import assert from 'node:assert/strict';
import test from 'node:test';
import { room_face } from '../../clients/js/src/face.js';
import { room_log } from '../../clients/js/src/room.js';
import { rows_of } from '../../web/rows.js';

/// A log from `[seq, from, minutes]`.
function log_of(list, head = list.length ? list[list.length - 1][0] : 0) {
  const log = new room_log();
  log.open({ generation: 'g', head, recovered: true });
  log.add_page(
    list.map(([seq, from, minutes, id]) => ({
      seq,
      from,
      text: `t${seq}`,
      ...(id ? { id } : {}),
      at: new Date(Date.parse('2026-03-10T12:00:00') + minutes * 60000).toISOString(),
    })),
  );
  return log;
}

const kinds = (rows) => rows.map((row) => (row.seq ? `${row.type} ${row.seq}` : row.type));
const leads = (rows) => rows.filter(({ type }) => type === 'message').map(({ lead }) => lead);

test('Rows: what one author says within five minutes is a group', () => {
  const rows = rows_of(
    log_of([
      [1, 'Ann', 0],
      [2, 'Ann', 4],
      [3, 'Ann', 10],
      [4, 'Bob', 10],
    ]),
    [],
  );
  assert.deepEqual(leads(rows), [true, false, true, true]);
});

test('Rows: a new local day is marked, and breaks the group', () => {
  const rows = rows_of(
    log_of([
      [1, 'Ann', 719],
      [2, 'Ann', 721],
    ]),
    [],
  );
  assert.deepEqual(kinds(rows), ['start', 'day', 'message 1', 'day', 'message 2']);
  assert.deepEqual(leads(rows), [true, true]);
});

test('Rows: unread begins with its line', () => {
  const rows = rows_of(
    log_of([
      [1, 'Ann', 0],
      [2, 'Ann', 1],
    ]),
    [],
    { unread: 2 },
  );
  assert.deepEqual(kinds(rows), ['start', 'day', 'message 1', 'unread', 'message 2']);
});

test('Rows: holes and seams are shown where they are', () => {
  const log = log_of(
    [
      [4, 'Ann', 0],
      [5, 'Ann', 1],
      [9, 'Ann', 2],
    ],
    12,
  );
  log.seams.add(5);
  const rows = rows_of(log, []);
  assert.deepEqual(kinds(rows), ['older', 'day', 'message 4', 'seam', 'message 5', 'missing', 'message 9', 'missing']);
  assert.deepEqual(
    rows.filter(({ type }) => type === 'missing').map(({ from, to, count }) => [from, to, count]),
    [
      [6, 8, 3],
      [10, 12, 3],
    ],
  );
});

test('Rows: a pending message keeps its key when it is acknowledged', () => {
  const waiting = [
    { room: 'r', id: 'x', text: 't2', state: 'pending', written: Date.parse('2026-03-10T12:01:00'), reason: '' },
  ];
  const before = rows_of(log_of([[1, 'Me', 0]]), waiting, { me: 'Me' });
  const after = rows_of(
    log_of([
      [1, 'Me', 0],
      [2, 'Me', 1, 'x'],
    ]),
    [],
    { me: 'Me' },
  );
  assert.equal(before.at(-1).type, 'pending');
  assert.equal(before.at(-1).key, after.at(-1).key);
  assert.equal(before.at(-1).lead, false);
});

test('Rows: what is pending is not shown after old messages while the newest are not there', () => {
  const log = log_of([
    [1, 'Ann', 0],
    [2, 'Ann', 1],
  ]);
  log.trim(1, 'newest');
  const waiting = [{ room: 'r', id: 'x', text: 't', state: 'pending', written: 0, reason: '' }];
  assert.deepEqual(kinds(rows_of(log, waiting, { me: 'Me' })), ['start', 'day', 'message 1']);
});

test('Rows: an act is a sentence of its own, and the words after it name their author again', () => {
  const log = log_of([
    [1, 'Ann', 0],
    [3, 'Ann', 1],
  ]);
  const at = log.entries[0].at;
  log.add_page([{ seq: 2, from: 'Ann', at, kind: 'mute', user: 'Me', reason: 'spam', text: 'muted Me: spam' }]);
  const rows = rows_of(log, [], { me: 'Me' }).slice(2);
  assert.deepEqual(kinds(rows), ['message 1', 'act 2', 'message 3']);
  assert.equal(rows[1].text, 'Ann muted you: spam');
  assert.deepEqual(leads(rows), [true, true]);
});

test('Rows: an act without words, of a kind that is not known, is not shown', () => {
  const log = log_of([[1, 'Ann', 0]]);
  log.add_page([{ seq: 2, from: 'Ann', at: log.entries[0].at, kind: 'tag', text: '' }]);
  assert.deepEqual(kinds(rows_of(log, [])), ['start', 'day', 'message 1']);
});

test('Rows: a removed message says so, and each says whether something can be done with it', () => {
  const log = log_of([
    [1, 'Ann', 0],
    [2, 'Me', 1],
  ]);
  log.add_live({ seq: 3, from: 'Ann', at: log.entries[1].at, kind: 'erase', target: 1, text: 'removed a message' });
  const rows = rows_of(log, [], { me: 'Me', offers: ({ kind }) => kind !== 'erased' });
  assert.deepEqual(
    rows.slice(2, 4).map(({ text, erased, deeds }) => [text, erased, deeds]),
    [
      ['Message removed', true, false],
      ['t2', false, true],
    ],
  );
});

test('Rows: of a text in doubt nothing is shown, and nothing is done with it', () => {
  const log = log_of([[1, 'Ann', 0]]);
  log.miss(2, 2000);
  const row = rows_of(log, [], { me: 'Me', offers: () => true }).find(({ seq }) => seq === 1);
  assert.deepEqual([row.text, row.doubt, row.deeds], ['…', true, false]);
});

test('Rows: a message shows that it was edited, its reactions, its pin, and what it answers', () => {
  const log = log_of([
    [1, 'Ann', 0],
    [3, 'Bob', 1],
  ]);
  const act = (seq, kind, more) => log.add_live({ seq, from: 'Bob', at: log.entries[0].at, kind, target: 1, ...more });
  log.add_live({ seq: 4, from: 'Bob', at: log.entries[1].at, text: 'yes', target: 1 });
  log.add_live({ seq: 5, from: 'Bob', at: log.entries[1].at, text: 'no', target: 2 });
  act(6, 'edit', { text: 'new  words' });
  act(7, 'react', { text: '👍' });
  act(8, 'pin', { text: 'pinned a message' });
  const rows = rows_of(log, [], { reacts: true });
  const by_seq = Object.fromEntries(rows.filter(({ seq }) => seq).map((row) => [row.seq, row]));
  assert.deepEqual(Object.keys(by_seq), ['1', '3', '4', '5', '8'], 'edits and reactions have no rows of their own');
  const { text, edited, reactions, reacts, pinned } = by_seq[1];
  assert.deepEqual([text, reactions, reacts, pinned], ['new  words', [{ text: '👍', count: 1, mine: false }], true, true]);
  assert.ok(edited);
  assert.deepEqual(by_seq[4].quote, { seq: 1, from: 'Ann', words: '“new words”' });
  assert.deepEqual(by_seq[5].quote, { seq: 2, from: '', words: 'An earlier message' });
  act(9, 'erase', { text: 'removed a message' });
  const [gone, , answer] = rows_of(log, []).filter(({ type }) => type === 'message');
  assert.deepEqual([gone.text, gone.reactions, gone.pinned, gone.quote], ['Message removed', undefined, undefined, undefined]);
  assert.equal(answer.quote.words, 'Message removed');
});

test('Rows: every key is there once', () => {
  const log = log_of(
    [
      [1, 'Ann', 0],
      [2, 'Bob', 721],
      [7, 'Ann', 2000],
    ],
    9,
  );
  const keys = rows_of(log, [{ id: 'p', text: 't', state: 'failed', written: 0, reason: 'r' }], { me: 'Me' }).map(
    ({ key }) => key,
  );
  assert.equal(new Set(keys).size, keys.length);
});

test('Rows: what mentions the reader says by which words, and not where it is removed', () => {
  const face = new room_face('Me');
  face.joined({ head: 9, access: 'open', owner: 'Ann', role: 'member' });
  const log = new room_log();
  log.open({ generation: 'g', head: 4, recovered: true });
  const at = '2026-03-10T12:00:00Z';
  log.add_page([
    { seq: 1, from: 'Bob', text: 'hi @me', at },
    { seq: 2, from: 'Ann', text: '@room', at },
    { seq: 3, from: 'Bob', text: '@room', at },
    { seq: 4, from: 'Bob', text: '(removed)', kind: 'erased', at },
  ]);
  const named = rows_of(log, [], { me: 'Me', face }).map(({ seq, named: words }) => [seq, words]);
  assert.deepEqual(named.slice(2), [
    [1, ['Me']],
    [2, ['Me', 'room']],
    [3, undefined],
    [4, undefined],
  ]);
});

test('Rows: messages by somebody who is blocked are one line, until they are shown; and are quoted by nobody', () => {
  const log = log_of([
    [1, 'Ann', 0],
    [2, 'Eve', 0],
    [3, 'Eve', 1],
    [4, 'Ann', 2],
    [5, 'Eve', 3],
  ]);
  const hides = ({ from, seq }) => from === 'Eve' && seq !== 5;
  const rows = rows_of(log, [], { hides });
  assert.deepEqual(kinds(rows).slice(2), ['message 1', 'hidden 2', 'message 4', 'message 5']);
  assert.deepEqual([rows[3].count, rows[3].seqs], [2, [2, 3]]);
  assert.deepEqual(leads(rows), [true, true, true]);
  Object.assign(log.find(4), { target: 2 });
  const { quote } = rows_of(log, [], { hides }).find(({ seq }) => seq === 4);
  assert.deepEqual([quote.from, quote.words], ['', 'A message by somebody whom you have blocked']);
});
