import assert from 'node:assert/strict';
import test from 'node:test';
import { own_account } from '../../web/account.js';
import { api_client, api_error } from '../../clients/js/src/api.js';
import { room_catalog } from '../../web/catalog.js';
import { gate } from '../../web/gate.js';
import { own_rooms } from '../../web/own_rooms.js';
import { clock_words } from '../../clients/js/src/text.js';

const refused = (error) => async () => Promise.reject(new api_error(error));
const choices = { password: 'correct horse', private_rooms: 'keep', messages: 'erase' };

/// An account at a server whose operation goes through `states`, or that answers by `delete_user`.
function owner({ states = ['completed'], delete_user } = {}) {
  const made = { asked: [], faults: [], busy: [], ends: [] };
  const next = () => states.shift();
  const api = {
    delete_user: delete_user ?? (async (...all) => (made.asked.push(all), { operation: 'op', state: next() })),
    operation: async (id) => {
      made.asked.push(id);
      const state = next();
      if (!state) throw new api_error({});
      return { operation: id, state };
    },
  };
  const view = { account_fault: (text) => made.faults.push(text), account_busy: (busy) => made.busy.push(busy) };
  const ended = (notice, { gone = false } = {}) => made.ends.push([notice, gone]);
  made.account = new own_account({ api, view, ended, wait: async () => {} });
  return made;
}

test('Account: is deleted with both choices, and its end is told', async () => {
  const { account, asked, ends, busy } = owner();
  await account.delete('Ann', choices);
  assert.deepEqual(asked, [['Ann', choices]]);
  assert.deepEqual([ends, busy, account.busy], [[['Your account is deleted.', true]], [true, false], false]);
});

test('Account: an operation that takes longer is followed, through lost answers too', async () => {
  const { account, asked, ends } = owner({ states: ['hiding', 'purging', undefined, 'completed'] });
  await account.delete('Ann', choices);
  assert.deepEqual(asked.slice(1), ['op', 'op', 'op']);
  assert.deepEqual(ends, [['Your account is deleted.', true]]);
});

test('Account: where it was undone nothing is gone; where it goes on, that is said', async () => {
  for (const [made, words, gone] of [
    [owner({ states: ['hiding', 'undone'] }), /everything is as it was/, false],
    [owner({ states: Array(50).fill('purging') }), /goes on by itself/, true],
    [owner({ delete_user: refused({ status: 503, location: '/operations/op' }) }), /as it was/, false],
    [owner({ delete_user: refused({ status: 401, code: 'invalid_token' }) }), /session has ended/, false],
  ]) {
    await made.account.delete('Ann', choices);
    assert.match(made.ends[0][0], words);
    assert.equal(made.ends[0][1], gone);
  }
});

test('Account: a refusal that can be put right stays in the dialog', async () => {
  for (const [given, error, words] of [
    [{ ...choices, password: '' }, {}, 'Enter your password.'],
    [choices, { status: 401, code: 'bad_credentials' }, 'That is not your password.'],
    [choices, { status: 503, code: 'overloaded' }, 'The server is very busy. Try again in a moment.'],
    [choices, { status: 429, code: 'rate_limited', retry_after: 2 }, 'That was too often. Try again in 2 seconds.'],
  ]) {
    const { account, faults, ends } = owner({ delete_user: refused(error) });
    await account.delete('Ann', given);
    assert.deepEqual([faults.at(-1), ends, account.busy], [words, [], false]);
  }
});

/// The gate before a server that answers a login by `login`.
function door({ login = async () => ({ token: 't', csrf: 'c', user_id: 'Ann', expires_at: '' }), register } = {}) {
  const made = { notices: [], faults: [], begun: [], kept: [], notes: [], busy: [] };
  made.gate = new gate({
    api: { login, register: register ?? (async () => ({})) },
    session: { set: (...all) => made.kept.push(all) },
    view: {
      gate_notice: (text) => made.notices.push(text),
      gate_fault: (...all) => made.faults.push(all),
      gate_busy: (busy) => made.busy.push(busy),
      toast: (text) => made.notes.push(text),
    },
    begin: (user) => made.begun.push(user),
  });
  return made;
}
const answers = { mode: 'login', name: 'ann', password: 'secret', remember: true };

test('Gate: who signs in begins, kept as long as they wish', async () => {
  const { gate, begun, kept, busy } = door();
  await gate.sign_in(answers);
  assert.deepEqual(kept, [[{ token: 't', csrf: 'c', user: 'Ann', expires_at: '' }, true]]);
  assert.deepEqual([begun, busy], [['Ann'], [true, false]]);
});

test('Gate: a suspended person reads why and until when', async () => {
  const until = new Date(Date.now() + 60000);
  const error = { status: 403, code: 'suspended', why: 'spam', until: until.toISOString() };
  const { gate, notices, begun } = door({ login: refused(error) });
  await gate.sign_in(answers);
  assert.equal(begun.length, 0);
  assert.ok(notices.at(-1).startsWith('This account is suspended until '), notices.at(-1));
  assert.ok(notices.at(-1).endsWith(`${clock_words(until)}. Why: spam`), notices.at(-1));
  const forever = door({ login: refused({ status: 403, code: 'suspended' }) });
  await forever.gate.sign_in(answers);
  assert.equal(forever.notices.at(-1), 'This account is suspended until somebody takes that back.');
});

test('Gate: each refusal stands where it belongs', async () => {
  for (const [given, error, faults, notice] of [
    [{ ...answers, name: '1' }, {}, 'username', undefined],
    [{ ...answers, password: '' }, {}, 'password', undefined],
    [{ ...answers, mode: 'register' }, { status: 409, code: 'taken' }, 'username', ''],
    [{ ...answers, mode: 'register' }, { status: 422, code: 'bad_password' }, 'password', ''],
    [answers, { status: 401, code: 'bad_credentials' }, undefined, 'That name and password do not go together.'],
  ]) {
    const made = door({ login: refused(error), register: refused(error) });
    await made.gate.sign_in(given);
    assert.deepEqual([made.faults[0]?.[0], made.notices.at(-1)], [faults, notice]);
  }
});

test('Api: a refusal has what the server says of it', async () => {
  const body = { code: 'suspended', detail: 'd', why: 'spam', until: '2027-01-01T00:00:00Z' };
  const answer = new Response(JSON.stringify(body), { status: 403, headers: { Location: '/operations/x' } });
  const api = new api_client({ fetch: async () => answer });
  await assert.rejects(api.login('a', 'b'), ({ status, code, why, until, location }) => {
    assert.deepEqual([status, code, why, until, location], [403, 'suspended', 'spam', body.until, '/operations/x']);
    return true;
  });
});

test('Catalog: comes page by page, and a page that was unrolled is left alone', async () => {
  const asked = [];
  const loaded = [];
  const rooms = async (after) => {
    asked.push(after);
    return after ? { rooms: [{ room: 'b' }], next: null } : { rooms: [{ room: 'A' }], next: 'A' };
  };
  const made = new room_catalog({ api: { rooms }, loaded: (page) => loaded.push(page.length), changed: () => {} });
  await made.load();
  await made.load({ more: true });
  assert.deepEqual([made.rooms.map(({ room }) => room), made.next, loaded], [['A', 'b'], null, [1, 1]]);
  assert.equal(made.find('a').room, 'A');
  made.refresh();
  assert.equal(asked.length, 2);
  const late = made.load();
  made.reset();
  await late;
  assert.deepEqual(made.rooms, [], 'an answer to somebody else');
});

test('Catalog: says where the session is over, and where there is nothing to show', async () => {
  for (const [error, over] of [
    [{ status: 401 }, true],
    [{ status: 403, code: 'suspended' }, true],
    [{ status: 503 }, false],
  ]) {
    let lost = false;
    const made = new room_catalog({ api: { rooms: refused(error) }, lost: () => (lost = true), changed: () => {} });
    await made.load();
    assert.deepEqual([lost, made.failed], [over, !over]);
  }
});

test('Own rooms: are made where name and members can be, and left or deleted where that is confirmed', async () => {
  const said = [];
  const out = [];
  const done = [];
  let yes = true;
  const api = {
    create_room: async (room) => ({ room }),
    remove: async (...all) => done.push(all),
    delete_room: refused({ status: 403, code: 'forbidden' }),
  };
  const view = { new_room_fault: (t) => said.push(t), toast: (t) => said.push(t), ask: async () => yes };
  const own = new own_rooms({ api, view, made: (...all) => out.push(all), forget: (room) => out.push(room.name) });
  assert.equal(await own.create({ name: 'a b', members: [] }), false);
  assert.equal(await own.create({ name: 'den', is_private: true, members: ['1'] }), false);
  assert.equal(await own.create({ name: 'den', is_private: true, members: ['bob'] }), true);
  assert.deepEqual([said.length, out], [2, [['den', 'private']]]);
  const den = { name: 'den', is_private: true, state: 'joined', face: { me: 'Ann', role: 'member' } };
  yes = false;
  await own.leave(den);
  assert.deepEqual(done, []);
  yes = true;
  await own.leave(den);
  assert.deepEqual([done, out.at(-1)], [[['den', 'Ann']], 'den']);
  await own.delete(den);
  assert.deepEqual([said.at(-1), out.length], ['You are not allowed to do that.', 2]);
});
