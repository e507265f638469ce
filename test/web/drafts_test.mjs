import assert from 'node:assert/strict';
import test from 'node:test';
import { api_error } from '../../clients/js/src/api.js';
import { own_drafts } from '../../web/drafts.js';
import { each_under } from '../../clients/js/src/store.js';
import { memory_storage } from './fake_server.mjs';

/// A server's drafts, and a clock that all devices share. `fails` is an error for whatever is asked, or null; `slow` holds
/// requests back until `answer()`.
function cloud() {
  const made = { now: 1_700_000_000_000, there: new Map(), asked: [], fails: null, slow: false, waiting: [], pages: 100 };
  const answered = async (what, room, result) => {
    made.asked.push(room === undefined ? what : `${what} ${room}`);
    if (made.slow) await new Promise((resolve) => made.waiting.push(resolve));
    if (made.fails) throw made.fails;
    return result();
  };
  made.answer = async () => {
    for (const resolve of made.waiting.splice(0)) resolve();
    await settled();
  };
  made.api = {
    drafts: (after) =>
      answered('list', undefined, () => {
        const all = [...made.there].map(([room, each]) => ({ room, ...each })).filter(({ room }) => !after || room > after);
        const drafts = all.slice(0, made.pages);
        return { drafts, next: all.length > drafts.length ? drafts.at(-1).room : null };
      }),
    keep_draft: (room, text) =>
      answered('put', room, () => made.there.set(room, { text, at: new Date(made.now).toISOString() })),
    drop_draft: (room) => answered('drop', room, () => made.there.delete(room)),
  };
  return made;
}

function device(there, place = memory_storage()) {
  const made = { place, changes: 0 };
  made.open = () => {
    const store = each_under(place, 'draft.');
    made.drafts = new own_drafts({ store, api: there.api, now: () => there.now, changed: () => (made.changes += 1) });
    return made.drafts;
  };
  made.open();
  return made;
}

const settled = async () => {
  for (let i = 0; i < 20; i += 1) await null;
};

async function pass(there, seconds, ...devices) {
  for (let i = 0; i < seconds; i += 1) {
    there.now += 1000;
    for (const { drafts } of devices) drafts.tick();
    await settled();
  }
}

test('Drafts: what is typed is here at once, and on the server when nobody types any more', async () => {
  const there = cloud();
  const one = device(there);
  for (const text of ['h', 'he', 'hel']) {
    one.drafts.set('lobby', text);
    assert.equal(one.drafts.get('lobby'), text);
    await pass(there, 1, one);
  }
  assert.deepEqual(there.asked, []);
  await pass(there, 2, one);
  assert.deepEqual(there.asked, ['put lobby']);
  assert.equal(there.there.get('lobby').text, 'hel');
  await pass(there, 60, one);
  assert.equal(there.asked.length, 1, 'and no more is said of it');
});

test('Drafts: while somebody types on and on, the server is told now and then', async () => {
  const there = cloud();
  const one = device(there);
  for (let i = 1; i <= 30; i += 1) {
    one.drafts.set('lobby', 'x'.repeat(i));
    await pass(there, 1, one);
  }
  assert.ok(there.asked.length >= 2 && there.asked.length <= 4, String(there.asked.length));
});

test('Drafts: a room that is left, and a text that is sent, are told at once', async () => {
  const there = cloud();
  const one = device(there);
  one.drafts.set('lobby', 'unfinished');
  one.drafts.settle('lobby');
  await settled();
  assert.equal(there.there.get('lobby').text, 'unfinished');
  one.drafts.set('lobby', '');
  one.drafts.settle('lobby');
  await settled();
  assert.equal(there.there.size, 0);
  one.drafts.settle('lobby');
  await settled();
  assert.deepEqual(there.asked, ['put lobby', 'drop lobby'], 'nothing is said twice');
});

test('Drafts: another device has the text, goes on with it, and sends it', async () => {
  const there = cloud();
  const [one, two] = [device(there), device(there)];
  one.drafts.set('lobby', 'hello');
  await pass(there, 3, one, two);
  await two.drafts.load();
  assert.equal(two.drafts.get('lobby'), 'hello');
  assert.equal(two.changes, 1);
  two.drafts.set('lobby', 'hello world');
  await pass(there, 3, one, two);
  await one.drafts.load();
  assert.equal(one.drafts.get('lobby'), 'hello world');
  two.drafts.set('lobby', '');
  two.drafts.settle('lobby');
  await pass(there, 3, one, two);
  await one.drafts.load();
  assert.equal(one.drafts.get('lobby'), '');
});

test('Drafts: what is being typed here stands, whatever the server has', async () => {
  const there = cloud();
  const one = device(there);
  there.there.set('lobby', { text: 'of the phone', at: new Date(there.now + 60000).toISOString() });
  one.drafts.set('lobby', 'typed here');
  await one.drafts.load();
  assert.equal(one.drafts.get('lobby'), 'typed here');
  await pass(there, 3, one);
  assert.equal(there.there.get('lobby').text, 'typed here');
});

test('Drafts: a list that was read before the server heard of a text does not bring the one before back', async () => {
  const there = cloud();
  const one = device(there);
  one.drafts.set('lobby', 'first');
  await pass(there, 3, one);
  there.slow = true;
  const { drafts } = one;
  const loading = drafts.load();
  await settled();
  drafts.set('lobby', 'first and second');
  drafts.settle('lobby');
  await there.answer();
  await loading;
  assert.equal(drafts.get('lobby'), 'first and second');
});

test('Drafts: two texts of a room are never on their way at once', async () => {
  const there = cloud();
  const one = device(there);
  there.slow = true;
  one.drafts.set('lobby', 'one');
  one.drafts.settle('lobby');
  one.drafts.set('lobby', 'one two');
  one.drafts.settle('lobby');
  await pass(there, 5, one);
  assert.deepEqual(there.asked, ['put lobby']);
  await there.answer();
  await pass(there, 3, one);
  await there.answer();
  assert.equal(there.there.get('lobby').text, 'one two');
});

test('Drafts: without a server they stay here, and are told to it when it is back, also after a reload', async () => {
  const there = cloud();
  const one = device(there);
  there.fails = new api_error({ code: 'unreachable' });
  one.drafts.set('lobby', 'offline');
  await pass(there, 120, one);
  assert.ok(there.asked.length >= 3 && there.asked.length <= 8, `it is tried ${there.asked.length} times`);
  assert.equal(one.drafts.get('lobby'), 'offline');
  one.open();
  assert.equal(one.drafts.get('lobby'), 'offline');
  there.fails = null;
  await one.drafts.load();
  await settled();
  assert.equal(there.there.get('lobby').text, 'offline');
});

test('Drafts: one that waits is told at once when the connection is back', async () => {
  const there = cloud();
  const one = device(there);
  there.fails = new api_error({ code: 'unreachable' });
  one.drafts.set('lobby', 'waits');
  await pass(there, 30, one);
  there.fails = null;
  one.drafts.wake();
  await settled();
  assert.equal(there.there.get('lobby').text, 'waits');
});

test('Drafts: of a text that was left here and one of another device the later one stands', async () => {
  for (const [later, expected] of [
    [60000, 'of the phone'],
    [-60000, 'left here'],
  ]) {
    const there = cloud();
    const one = device(there);
    one.drafts.set('lobby', 'left here');
    there.there.set('lobby', { text: 'of the phone', at: new Date(there.now + later).toISOString() });
    one.open();
    await one.drafts.load();
    await settled();
    assert.equal(one.drafts.get('lobby'), expected);
    assert.equal(there.there.get('lobby').text, expected);
  }
});

test('Drafts: a text that was sent while the server was away is not there again', async () => {
  const there = cloud();
  const one = device(there);
  one.drafts.set('lobby', 'sent');
  await pass(there, 3, one);
  there.fails = new api_error({ code: 'unreachable' });
  one.drafts.set('lobby', '');
  one.drafts.settle('lobby');
  await settled();
  one.open();
  there.fails = null;
  there.now += 5000;
  await one.drafts.load();
  await settled();
  assert.equal(one.drafts.get('lobby'), '');
  assert.equal(there.there.size, 0);
});

test('Drafts: what the server refuses, or can’t hold, stays here alone', async () => {
  const there = cloud();
  const one = device(there);
  there.fails = new api_error({ status: 409, code: 'limit_reached' });
  one.drafts.set('lobby', 'one too many');
  await pass(there, 60, one);
  assert.equal(there.asked.length, 1);
  assert.equal(one.drafts.get('lobby'), 'one too many');
  one.drafts.set('tea', 'é'.repeat(4097));
  await pass(there, 60, one);
  assert.equal(there.asked.length, 1);
});

test('Drafts: a server that keeps none is asked once', async () => {
  const there = cloud();
  const one = device(there);
  there.fails = new api_error({ status: 404, code: 'not_found' });
  await one.drafts.load();
  one.drafts.set('lobby', 'only here');
  await pass(there, 60, one);
  await one.drafts.load();
  assert.deepEqual(there.asked, ['list']);
  assert.equal(one.drafts.get('lobby'), 'only here');
});

test('Drafts: the list is read in pages, and not again and again', async () => {
  const there = cloud();
  const one = device(there);
  there.pages = 2;
  for (const room of ['a', 'b', 'c']) there.there.set(room, { text: `of ${room}`, at: '2026-01-01T00:00:00Z' });
  await one.drafts.load();
  await one.drafts.load();
  assert.deepEqual(there.asked, ['list', 'list']);
  assert.deepEqual(['a', 'b', 'c'].map((room) => one.drafts.get(room)), ['of a', 'of b', 'of c']);
  there.there.set('a', { text: 'newer', at: '2026-01-01T00:00:00Z' });
  await pass(there, 3, one);
  assert.equal(one.drafts.get('a'), 'newer', 'the one that was wanted too soon is read a while later');
});

test('Drafts: signing out leaves nothing here that the server has, but what it has not', async () => {
  const there = cloud();
  const one = device(there);
  one.drafts.set('lobby', 'kept');
  await pass(there, 3, one);
  there.fails = new api_error({ code: 'unreachable' });
  one.drafts.set('tea', 'not kept');
  one.drafts.forget();
  one.open();
  assert.deepEqual(['lobby', 'tea'].map((room) => one.drafts.get(room)), ['', 'not kept']);
  one.drafts.forget({ all: true });
  assert.equal(one.place.length, 0);
});

test('Drafts: hiding the page tells all that waits, and says when it is told', async () => {
  const there = cloud();
  const one = device(there);
  for (const room of ['a', 'b']) one.drafts.set(room, `of ${room}`);
  await one.drafts.settle_all();
  assert.deepEqual([...there.there.keys()], ['a', 'b']);
});

test('Drafts: half an emoji is kept as what it is', async () => {
  const there = cloud();
  const one = device(there);
  one.drafts.set('lobby', 'cut \ud83d');
  assert.equal(one.drafts.get('lobby'), 'cut \ufffd');
});

test('Drafts: a text of another device comes as soon as the server tells of it, and one’s own changes nothing', async () => {
  const there = cloud();
  const [one, two] = [device(there), device(there)];
  one.drafts.set('lobby', 'half a');
  await pass(there, 3, one, two);
  assert.deepEqual(there.asked, ['put lobby']);
  await one.drafts.hear({ room: 'Lobby', text: 'half a' });
  assert.deepEqual(there.asked, ['put lobby'], 'it is from here');
  await two.drafts.hear({ room: 'Lobby', text: 'half a' });
  assert.equal(two.drafts.get('lobby'), 'half a');
  two.drafts.set('lobby', 'half a wo');
  await two.drafts.hear({ room: 'lobby', text: '' });
  assert.equal(two.drafts.get('lobby'), 'half a wo', 'what is being typed is the later one');
});
