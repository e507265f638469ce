import assert from 'node:assert/strict';
import test from 'node:test';
import { client_words, own_access } from '../../web/own_access.js';
import { unread_words } from '../../web/unread_panel.js';
import { clock_words } from '../../clients/js/src/text.js';

function make(api) {
  const said = [];
  const view = { access_fault: (text) => text && said.push(text), access_done: (text) => said.push(text) };
  return { said, it: new own_access({ api, view, changed: () => {} }) };
}
const refused = (error) => async () => {
  throw error;
};
const sessions = async () => ({
  sessions: [
    { id: 'a', created_at: '2026-01-01', current: false },
    { id: 'b', created_at: '2026-01-02', current: true },
    { id: 'c', created_at: '2026-01-03', current: false },
  ],
});

test('Access: this session is before the others, and those can be ended', async () => {
  const ended = [];
  const { it } = make({ sessions, end_session: async (id) => ended.push(id) });
  await it.load();
  assert.deepEqual(it.sessions.map(({ id }) => id), ['b', 'c', 'a']);
  await it.end_others();
  assert.deepEqual(ended, ['c', 'a']);
  it.reset();
  assert.equal(it.sessions, null);
});

test('Access: a session that has ended already is no fault, other refusals are said', async () => {
  const gone = make({ sessions, end_session: refused({ status: 404 }) });
  await gone.it.end('a');
  assert.deepEqual(gone.said, []);
  const failing = make({ sessions: refused({ status: 503 }), end_session: refused({ status: 503 }) });
  await failing.it.end('a');
  assert.equal(failing.said.length, 2);
});

test('Access: the password is changed where both new ones are the same and the old one is right', async () => {
  const asked = [];
  const change_password = async (...all) => {
    asked.push(all);
    if (all[0] === 'wrong') throw { status: 401, code: 'bad_credentials' };
    if (all[1] === 'x') throw { status: 422, code: 'bad_password' };
    return { changed: true, warnings: all[1].length < 12 ? ['weak_password'] : [] };
  };
  const { it, said } = make({ sessions, change_password });
  const change = (old_password, new_password, again = new_password) => it.change_password({ old_password, new_password, again });
  assert.equal(await change('', 'new'), false);
  assert.equal(await change('old', 'new', 'other'), false);
  assert.equal(asked.length, 0);
  assert.equal(await change('wrong', 'new'), false);
  assert.equal(await change('old', 'x'), false);
  assert.equal(await change('old', 'a few words in a row'), true);
  assert.equal(await change('old', 'short'), true);
  assert.deepEqual(said.slice(0, 3), ['Enter both passwords.', 'The new passwords differ.', 'The old one is not your password.']);
  assert.match(said[4], /^Your password is changed/);
  assert.match(said[5], /longer one is safer/);
});

test('Access: programs are called as people know them', () => {
  for (const [client, words] of [
    ['192.0.2.7 Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', '192.0.2.7, Firefox on Linux'],
    ['::1 Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/605 Version/17 Safari/605', '::1, Safari on Mac'],
    ['::1 Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140', '::1, Edge on Windows'],
    ['::1 curl/8', '::1, curl'],
    ['::1 Something/1', '::1, Something/1'],
    ['::1', '::1'],
  ])
    assert.equal(client_words(client), words);
});

test('Unread bar: says how much is new and since when, while the reader is not at the end', () => {
  const now = new Date(2026, 11, 1, 12);
  const at = new Date(2026, 11, 1, 9, 41);
  const room = { unread: 300, unread_from: 5, log: { entries: [{ seq: 4, at }, { seq: 6, at }] } };
  const words = (more = {}, watching = false) => unread_words({ ...room, ...more }, { watching, now });
  assert.equal(words(), `300 new messages since ${clock_words(at)}`);
  assert.equal(words({ unread: 1, log: { entries: [] } }), '1 new message');
  assert.equal(words({ log: { entries: [{ seq: 5, at: new Date(2026, 10, 30, 9, 41) }] } }), `300 new messages since Yesterday, ${clock_words(at)}`);
  assert.deepEqual([words({ unread: 0 }), words({ unread_from: 0 }), words({}, true)], ['', '', '']);
});
