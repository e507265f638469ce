import assert from 'node:assert/strict';
import test from 'node:test';
import { going } from '../../web/going.js';
import { hearing } from '../../web/hearing.js';
import { sign_out } from '../../web/signing_out.js';

function walk() {
  const done = [];
  const note = (what) => (...all) => done.push([what, ...all]);
  const rooms = [{ name: 'lobby', is_missing: false }, { name: 'typo', is_missing: true }];
  const life = { user: 'Me', talk: { listed: () => rooms, mark_read: (room) => done.push(['read', room.name]) } };
  const walk = new going({
    life: () => life,
    view: { rooms: { go: note('room') }, to_area: note('area'), open_new_room: note('new') },
    current: () => ({ presence: { sorted: () => ['Ann'] } }),
    catalog: { rooms: [{ room: 'kitchen' }] },
    people: { names: ['Bob'] },
    contacts: { carry_out: note('contact') },
    way: { go: note('go'), recent: ['lobby'] },
    open: note('open'),
  });
  return { walk, done };
}

test('Going: a place of each sort is gone to', () => {
  const { walk: it, done } = walk();
  for (const place of [{ type: 'room', name: 'lobby' }, { type: 'person', name: 'Ann' }, { type: 'command', name: 'help' }]) it.go_to(place);
  assert.deepEqual(done, [['go', 'lobby'], ['contact', { contact: 'message', user: 'Ann' }], ['open', 'help']]);
  assert.deepEqual(it.known_places(), {
    rooms: [{ name: 'lobby', is_missing: false }],
    others: ['kitchen'],
    people: ['Ann', 'Bob'],
    me: 'Me',
    recent: ['lobby'],
  });
});

test('Going: all rooms are read by one key', () => {
  const { walk: it, done } = walk();
  it.press('read_all');
  assert.deepEqual(done, [['read', 'lobby'], ['read', 'typo']]);
  assert.ok(it.knows('mentions') && !it.knows('nothing'));
});

test('Hearing: what mentions somebody elsewhere is told, and what is loaded later hears of it once it is there', () => {
  const told = [];
  const here = { key: 'lobby' };
  const room = { name: 'garden', key: 'garden', notify: 'mentions', face: { me: 'Me', role_of: () => 'member', nature: 'room', title: '' } };
  const more = { here: null };
  const ears = new hearing({
    life: () => ({ user: 'Me', talk: { current: here } }),
    view: { toast: (text) => told.push(text), announce: () => told.push('announced') },
    calls: { show: (call) => told.push(call?.title ?? null) },
    contacts: { has_blocked: (name) => name === 'Eve' },
    more,
    seen: () => false,
  });
  const entry = { seq: 1, from: 'Ann', text: 'hello @me', at: '2026-01-01T00:00:00Z' };
  ears.news(room, entry);
  assert.deepEqual(told, ['Ann in garden', 'Ann mentioned you in garden.']);
  ears.news(room, { ...entry, from: 'Eve' });
  assert.equal(told.length, 2, 'of somebody who is blocked nothing is told');
  let heard = 0;
  more.here = { mentioned: { heard: () => (heard += 1) } };
  ears.news(room, entry);
  ears.news(room, { ...entry, text: 'hello' });
  assert.equal(heard, 1);
});

/// Somebody signs out: `answer` is the server's.
async function leave({ waiting = 0, yes = true, answer = async () => {} } = {}) {
  const done = [];
  const leaving = { set: (csrf) => done.push(['later', csrf]) };
  await sign_out({
    api: { logout: answer },
    session: { get: () => ({ csrf: 'word' }), leaving },
    view: { ask: async ({ title }) => done.push(['asked', title]) && yes },
    life: () => ({ outbox: { waiting }, chat: { stop: () => done.push(['stopped']) }, drafts: { settle_all: async () => done.push(['settled']) } }),
    end: ({ notice }) => done.push(['end', notice]),
    finish: () => done.push(['finish']),
  });
  return done;
}
const refused = (status) => async () => {
  throw Object.assign(new Error('refused'), { status });
};

test('Signing out: at once where the server hears it, else later; and asked where something waits', async () => {
  assert.deepEqual(await leave(), [['stopped'], ['settled'], ['end', 'You are signed out.']]);
  assert.deepEqual(await leave({ waiting: 1, yes: false }), [['asked', 'Sign out?']]);
  assert.equal((await leave({ waiting: 1 })).length, 4);
  assert.deepEqual((await leave({ answer: refused(401) })).slice(2), [['end', 'You are signed out.'], ['finish']]);
  const [later, end, finish] = (await leave({ answer: refused(0) })).slice(2);
  assert.deepEqual([later, finish], [['later', 'word'], ['finish']]);
  assert.match(end[1], /told when it can be reached/);
});
