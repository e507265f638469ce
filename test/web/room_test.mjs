import assert from 'node:assert/strict';
import test from 'node:test';
import {
  again_size,
  heal_limit,
  room_log,
  room_presence,
  room_typing,
  typing_signal,
} from '../../clients/js/src/room.js';

const message = (seq) => ({ seq, from: 'Ann', text: `text ${seq}`, at: '2026-01-01T00:00:00.000Z' });
const messages = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const seqs = (log) => log.entries.map(({ seq }) => seq);

function log_with(from, to, head = to) {
  const log = new room_log();
  log.open({ generation: 'g', head, recovered: true });
  log.add_page(messages(from, to));
  return log;
}

test('RoomLog: keeps messages in order and each once, however they arrive', () => {
  const log = log_with(1, 3);
  for (const seq of [5, 4, 5, 4]) log.add_live(message(seq));
  assert.deepEqual(seqs(log), [1, 2, 3, 4, 5]);
  assert.deepEqual(log.missing(), []);
});

test('RoomLog: asks for the newest page first', () => {
  const log = new room_log();
  assert.equal(log.open({ generation: 'g', head: 120, recovered: true }), 'first');
  assert.deepEqual(log.plan(), { before: 121, limit: 50 });
  log.add_page(messages(71, 120), log.plan());
  assert.equal(log.plan(), null);
  assert.deepEqual(log.plan_older(), { before: 71, limit: 50 });
});

test('RoomLog: an empty room asks for nothing and is whole', () => {
  const log = new room_log();
  log.open({ generation: 'g', head: 0, recovered: true });
  assert.equal(log.plan(), null);
  assert.equal(log.plan_older(), null);
  assert.ok(log.complete_below);
});

test('RoomLog: a jump in seq is a hole, and exactly that is asked for', () => {
  const log = log_with(1, 3);
  log.add_live(message(7));
  assert.deepEqual(log.missing(), [{ from: 4, to: 6 }]);
  assert.deepEqual(log.plan(), { after: 3, limit: 3 });
  log.add_page(messages(4, 6), log.plan());
  assert.equal(log.plan(), null);
});

test('RoomLog: a head beyond the newest message is a hole at the end', () => {
  const log = log_with(1, 3);
  log.note_head(5);
  assert.deepEqual(log.plan(), { after: 3, limit: 2 });
});

test('RoomLog: too much missing at the end shows the present, and leaves the hole to the reader', () => {
  const log = log_with(1, 3);
  log.note_head(3 + heal_limit + 1);
  assert.deepEqual(log.plan(), { before: heal_limit + 5, limit: 50 });
  log.add_page(messages(heal_limit - 45, heal_limit + 4), log.plan());
  assert.deepEqual(log.missing(), [{ from: 4, to: heal_limit - 46 }]);
});

test('RoomLog: a range that the server has not got is not asked for twice', () => {
  const log = log_with(1, 3);
  log.add_live(message(6));
  log.add_page([], log.plan());
  assert.equal(log.plan(), null);
});

test('RoomLog: goes on after the newest message of the same generation', () => {
  const log = log_with(4, 9);
  assert.deepEqual(log.resume_point(), { after: 9, generation: 'g' });
  assert.deepEqual(new room_log().resume_point(), {});
});

test('RoomLog: what could not be recovered draws a seam', () => {
  const log = log_with(1, 3);
  assert.equal(log.open({ generation: 'g', head: 9, recovered: false }), 'missed');
  assert.deepEqual([...log.seams], [4]);
  assert.deepEqual(log.plan(), { after: 3, limit: 6 });
});

test('RoomLog: another generation drops what was here, head included', () => {
  const log = log_with(1, 30);
  assert.equal(log.open({ generation: 'h', head: 2, recovered: false }), 'anew');
  assert.deepEqual(seqs(log), []);
  assert.equal(log.head, 2);
});

test('RoomLog: with the newest dropped, live messages only raise the head until the reader comes back', () => {
  const log = log_with(1, 10);
  log.trim(6, 'newest');
  assert.equal(log.add_live(message(11)), false);
  assert.deepEqual([log.newest, log.head, log.detached], [6, 11, true]);
  assert.deepEqual(log.resume_point(), { after: 11, generation: 'g' });
  assert.equal(log.plan(), null);
  assert.deepEqual(log.plan_newer(), { after: 6, limit: 50 });
  log.add_page(messages(7, 11), log.plan_newer());
  assert.equal(log.detached, false);
});

test('RoomLog: an old message, answered again for a repeated id, tears no hole', () => {
  const log = log_with(50, 60);
  assert.equal(log.add_live(message(3)), false);
  assert.deepEqual(log.missing(), []);
});

const erase = (seq, target) => ({ ...message(seq), kind: 'erase', target });
const kinds = (log) => log.entries.map(({ kind, target }) => (kind ? `${kind} ${target}` : 'text'));

test('RoomLog: an erase empties its message at once, in whatever order they come, and however often', () => {
  const orders = [
    [message(1), message(2), erase(3, 1)],
    [erase(3, 1), message(2), message(1)],
    [message(1), erase(3, 1), message(2), erase(3, 1), message(1)],
  ];
  for (const order of orders) {
    for (const way of ['live', 'page']) {
      const log = new room_log();
      log.open({ generation: 'g', head: 0, recovered: true });
      if (way === 'live') for (const entry of order.slice(0, 1)) log.add_live(entry);
      log.add_page(order);
      assert.deepEqual(kinds(log), ['erased 3', 'text', 'erase 1']);
      const [{ text, from, at }] = log.entries;
      assert.deepEqual([text, from, at], ['(removed)', 'Ann', message(1).at]);
    }
  }
});

test('RoomLog: a message that a page has as erased replaces what is here, and not the other way round', () => {
  const log = log_with(1, 2);
  log.add_page([{ ...message(1), text: '(removed)', kind: 'erased', target: 9 }]);
  assert.deepEqual(kinds(log), ['erased 9', 'text']);
  log.add_page([message(1)]);
  assert.deepEqual(kinds(log), ['erased 9', 'text']);
});

test('RoomLog: an erase counts also where it is not kept, far below its message or above the window', () => {
  const log = log_with(50, 60);
  log.trim(6, 'newest');
  log.add_live(erase(61, 52));
  assert.deepEqual([kinds(log)[2], log.newest], ['erased 61', 55]);
});

test('RoomLog: of an erase of what is not here nothing is seen', () => {
  const log = log_with(50, 51);
  log.add_live(erase(52, 7));
  assert.deepEqual(seqs(log), [50, 51, 52]);
});

test('RoomLog: what was erased in a room says nothing of another one under the same name', () => {
  const log = log_with(1, 3);
  log.add_live(erase(4, 2));
  log.open({ generation: 'h', head: 2, recovered: false });
  log.add_page([message(1), message(2)]);
  assert.deepEqual(kinds(log), ['text', 'text']);
});

const doubted = (log) => log.entries.filter((entry) => log.in_doubt(entry)).map(({ seq }) => seq);

test('RoomLog: after a hole that is too large, what was read before is read again, the newest first', () => {
  const log = log_with(1, 130);
  const head = 200 + heal_limit;
  log.open({ generation: 'g', head, recovered: false });
  assert.equal(doubted(log).length, 130);
  log.add_page(messages(head - 49, head), log.plan());
  assert.equal(doubted(log).length, 130, 'the newest page is as new as can be');
  const asked = [];
  for (let request = log.plan_again(); request; request = log.plan_again()) {
    asked.push([request.before, request.limit]);
    log.add_page(messages(request.before - request.limit, request.before - 1), request);
  }
  assert.deepEqual(asked, [
    [131, again_size],
    [31, 30],
  ]);
  assert.deepEqual(doubted(log), []);
});

test('RoomLog: what was erased in the hole is gone with the second reading, and so is what is no more', () => {
  const log = log_with(1, 3);
  log.open({ generation: 'g', head: 4 + heal_limit + 50, recovered: false });
  assert.deepEqual(doubted(log), [1, 2, 3]);
  log.add_page([message(2), { ...message(3), kind: 'erased', text: '(removed)', target: 77 }], log.plan_again());
  assert.deepEqual([kinds(log), doubted(log)], [['text', 'text', 'erased 77'], [1]]);
  log.add_page([], log.plan_again());
  assert.deepEqual([seqs(log), log.plan_again()], [[2, 3], null]);
});

test('RoomLog: a page that was read before the hole does not end the doubt', () => {
  const log = log_with(4, 6);
  log.miss(7, 8 + heal_limit);
  log.add_page(messages(1, 3), { before: 4, limit: 3 }, 6);
  assert.deepEqual(doubted(log), [1, 2, 3, 4, 5, 6]);
  log.add_page(messages(1, 6), log.plan_again());
  assert.deepEqual(doubted(log), []);
});

test('RoomLog: a small hole is fetched and puts nothing in doubt, unless the newest are not here', () => {
  const log = log_with(1, 10);
  log.note_head(12);
  assert.deepEqual([doubted(log), log.plan()], [[], { after: 10, limit: 2 }]);
  log.trim(6, 'newest');
  assert.deepEqual([log.plan(), log.plan_again()], [null, { before: 7, limit: 6, again: true }]);
  log.add_live(message(13));
  log.add_page(messages(1, 6), log.plan_again());
  assert.equal(log.plan_again(), null);
  log.miss(14, 14);
  assert.equal(doubted(log).length, 6);
  log.add_live(message(14));
  assert.equal(doubted(log).length, 0, 'it came after all');
});

test('RoomLog: a name that changed since is the new one after the second reading', () => {
  const log = log_with(1, 1);
  log.miss(2, 2 + heal_limit);
  log.add_page([{ ...message(1), from: 'deleted' }], log.plan_again());
  assert.equal(log.entries[0].from, 'deleted');
});

test('RoomLog: the tail without a hole ends at the head', () => {
  const log = log_with(1, 3);
  assert.deepEqual(log.whole_tail().map(({ seq }) => seq), [1, 2, 3]);
  for (const seq of [6, 7]) log.add_live(message(seq));
  assert.deepEqual(log.whole_tail().map(({ seq }) => seq), [6, 7]);
  log.note_head(9);
  assert.deepEqual(log.whole_tail(), []);
});

test('RoomPresence: counts beyond the names that it has, and compares names without case', () => {
  const presence = new room_presence();
  presence.reset({ count: 150, first: ['Ann', 'bob'] });
  assert.equal(presence.unnamed, 148);
  presence.change({ joined: ['Cid'], left: ['BOB'], count: 150 });
  assert.deepEqual(presence.sorted(), ['Ann', 'Cid']);
  presence.change({ joined: ['bob'], left: [], count: 1, whole: true });
  assert.deepEqual(presence.sorted(), ['bob']);
});

test('RoomTyping: ends by itself, or with paused and done', () => {
  const typing = new room_typing();
  typing.hear('Ann', 'active', 0);
  typing.hear('Bob', 'active', 1000);
  assert.deepEqual(typing.users(5999), ['Ann', 'Bob']);
  assert.deepEqual(typing.users(6000), ['Bob']);
  typing.hear('Bob', 'paused', 6000);
  assert.deepEqual(typing.users(6000), []);
  typing.hear('Bob', 'active', 6000);
  typing.hear('Bob', 'done', 6001);
  assert.deepEqual(typing.users(6001), []);
});

test('TypingSignal: says active at most every 3 s, then paused, then done, each once', () => {
  const signal = new typing_signal();
  assert.equal(signal.typed(false, 0), 'active');
  assert.equal(signal.typed(false, 2999), null);
  assert.equal(signal.typed(false, 3000), 'active');
  assert.equal(signal.pause(6999), null);
  assert.equal(signal.pause(7000), 'paused');
  assert.equal(signal.pause(9000), null);
  assert.equal(signal.typed(true, 9001), 'done');
  assert.equal(signal.finish(), null);
});

test('RoomLog: a page of what came by itself meanwhile hides no hole behind it', () => {
  const log = log_with(1, 2);
  log.add_live(message(6));
  log.add_page(messages(1, 2), { before: 3, limit: 50 });
  assert.deepEqual(log.missing(), [{ from: 3, to: 5 }]);
});

test('RoomLog: an answer to a request that was given up does not count for the one under way', () => {
  const log = log_with(1, 2);
  log.add_live(message(6));
  log.add_page(messages(1, 2), { after: 2, limit: 3 });
  assert.deepEqual(log.plan(), { after: 2, limit: 3 });
});

test('RoomLog: the edits of an erased message are erased with it, whichever comes first', () => {
  const edit = { ...message(2), kind: 'edit', target: 1, text: 'secret' };
  for (const order of [[message(1), edit, erase(3, 1)], [erase(3, 1), edit, message(1)]]) {
    const log = new room_log();
    log.open({ generation: 'g', head: 0, recovered: true });
    log.add_page(order, {}, 0);
    assert.deepEqual(kinds(log), ['erased 3', 'erased 3', 'erase 1']);
    assert.ok(!JSON.stringify(log.entries).includes('secret'));
  }
});
