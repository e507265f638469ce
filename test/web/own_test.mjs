import assert from 'node:assert/strict';
import test from 'node:test';
import { api_error } from '../../clients/js/src/api.js';
import { own_mentions } from '../../web/own_mentions.js';
import { own_settings, writers } from '../../web/own_settings.js';
import { room_log } from '../../clients/js/src/room.js';
import { room_pins } from '../../web/room_pins.js';

const at = '2026-01-01T00:00:00Z';

// ---- mentions ----------------------------------------------------------------------------------------------------------

function mentioned(answers) {
  const asked = [];
  const made = { asked, drawn: 0 };
  const mentions = async (before) => {
    asked.push(before);
    const answer = answers[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const wait = () => new Promise((resolve) => (made.later = resolve));
  made.subject = new own_mentions({ api: { mentions }, changed: () => (made.drawn += 1), wait });
  return made;
}
const entry = (seq, more = {}) => ({ room: 'lobby', generation: 'g', entry: { seq, from: 'Ann', text: '@me', at, ...more } });

test('Own mentions: come page by page, and an edit leads to its message', async () => {
  const { subject, asked } = mentioned([
    { mentions: [entry(9, { kind: 'edit', target: 4 }), entry(7)], next: 'abc' },
    { mentions: [entry(2)], next: null },
  ]);
  await subject.load();
  assert.deepEqual([subject.list.map(({ seq }) => seq), subject.next], [[4, 7], 'abc']);
  await subject.load({ more: true });
  assert.deepEqual([subject.list.map(({ seq }) => seq), subject.next], [[4, 7, 2], null]);
  assert.deepEqual(asked, [null, 'abc']);
});

test('Own mentions: a server that has no list, or does not answer, is told in words', async () => {
  const { subject } = mentioned([new api_error({ status: 404, code: 'not_found' }), new api_error({ code: 'unreachable' })]);
  await subject.load();
  assert.deepEqual([subject.fault, subject.list], ['This server keeps no list of mentions.', null]);
  await subject.load();
  assert.match(subject.fault, /cannot be reached/);
});

test('Own mentions: one that was just made is in the list a while later, and the list stays until then', async () => {
  const made = mentioned([
    { mentions: [entry(7)], next: null },
    { mentions: [entry(9), entry(7)], next: null },
  ]);
  const { subject, asked } = made;
  subject.heard();
  made.later();
  await null;
  await null;
  assert.equal(asked.length, 0, 'nobody looks at it');
  const heard = subject.heard();
  subject.heard();
  await subject.load();
  made.later();
  await null;
  assert.deepEqual(subject.list.map(({ seq }) => seq), [7]);
  await heard;
  assert.deepEqual([subject.list.map(({ seq }) => seq), asked.length], [[9, 7], 2]);
});

test('Own mentions: nothing of the person before', async () => {
  const { subject } = mentioned([{ mentions: [entry(7)], next: null }]);
  const loading = subject.load();
  subject.reset();
  await loading;
  assert.equal(subject.list, null);
});

// ---- settings ----------------------------------------------------------------------------------------------------------

test('Own settings: what the person chose stands only once the server has it', async () => {
  const faults = [];
  let refuses = false;
  const api = {
    own_settings: async () => ({ direct: 'shared' }),
    change_own_settings: async ({ direct }) => {
      if (refuses) throw new api_error({ code: 'unavailable', status: 503 });
      return { direct };
    },
  };
  const subject = new own_settings({ api, view: { settings_fault: (text) => faults.push(text) }, changed: () => {} });
  assert.equal(subject.direct, null);
  await subject.load();
  assert.equal(subject.direct, 'shared');
  await subject.choose('nobody');
  assert.equal(subject.direct, 'nobody');
  refuses = true;
  await subject.choose('everyone');
  assert.equal(subject.direct, 'nobody');
  assert.match(faults.at(-1), /cannot save/);
  assert.deepEqual(writers, ['everyone', 'shared', 'nobody']);
});

// ---- pins --------------------------------------------------------------------------------------------------------------

/// A room of `size` messages on the server, of which `pinned` are pinned, and whose newest 50 are here.
function room_of(size, pinned) {
  const on_server = Array.from({ length: size }, (_, n) => {
    const seq = n + 1;
    return { seq, from: 'Ann', text: `t${seq}`, at, ...(pinned.includes(seq) ? { pinned: true } : {}) };
  });
  const log = new room_log('Me');
  log.open({ generation: 'g', head: size, recovered: true });
  log.add_page(on_server.slice(-50));
  const made = { room: { name: 'lobby', log }, asked: [], on_server };
  const history = async (_, { before, limit = 500 }) => {
    made.asked.push([before, limit]);
    return { messages: on_server.slice(Math.max(0, before - 1 - limit), before - 1) };
  };
  const pins = async () => {
    made.asked.push('pins');
    return on_server.filter(({ pinned }) => pinned).reverse();
  };
  made.subject = new room_pins({ api: { history, pins }, current: () => made.room, changed: () => {} });
  made.subject.enter(made.room);
  return made;
}
const seqs = (subject) => subject.list().map(({ seq }) => seq);

test('Pins: those that are loaded are there at once, the others when the server has told them', async () => {
  const { subject, asked } = room_of(1200, [3, 400, 1190]);
  assert.deepEqual(seqs(subject), [1190]);
  const searching = subject.search();
  assert.ok(subject.busy);
  await subject.search();
  await searching;
  assert.deepEqual(seqs(subject), [3, 400, 1190]);
  assert.deepEqual([subject.busy, asked], [false, ['pins']]);
});

test('Pins: what the log has of a message is newer than what the server told before', async () => {
  const { subject, room } = room_of(1200, [3, 1190]);
  await subject.search();
  room.log.add_live({ seq: 1201, from: 'Ann', kind: 'unpin', target: 1190, text: '', at });
  assert.deepEqual(seqs(subject), [3]);
});

test('Pins: what happens to them meanwhile is known, also far up', async () => {
  const { subject, room, on_server } = room_of(1200, [3, 400]);
  await subject.search();
  subject.heard(room, [{ seq: 1201, kind: 'unpin', target: 3 }]);
  assert.deepEqual(seqs(subject), [400]);
  on_server[9].pinned = true;
  subject.heard(room, [{ seq: 1202, kind: 'pin', target: 10 }]);
  await null;
  await null;
  assert.deepEqual(seqs(subject), [10, 400]);
  subject.heard(room, [{ seq: 1203, kind: 'erase', target: 400 }]);
  assert.deepEqual(seqs(subject), [10]);
  room.log.add_live({ seq: 1201, from: 'Ann', kind: 'pin', target: 1200, text: '', at });
  assert.deepEqual(seqs(subject), [10, 1200]);
});

test('Pins: nothing of another room, and a fault is told', async () => {
  const { subject, room } = room_of(1200, [3]);
  const searching = subject.search();
  subject.enter(null);
  await searching;
  assert.deepEqual([subject.list(), subject.busy], [[], false]);
  subject.api = { pins: async () => Promise.reject(new api_error({ code: 'unreachable' })) };
  subject.enter(room);
  await subject.search();
  assert.match(subject.fault, /cannot be reached/);
  assert.ok(!subject.busy, 'and it can be tried again');
});
