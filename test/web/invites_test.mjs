import assert from 'node:assert/strict';
import test from 'node:test';
import { address_of } from '../../web/address.js';
import { api_error } from '../../clients/js/src/api.js';
import { invitation, refusal } from '../../web/invitation.js';
import { default_life, default_uses, invite_wanted, invite_words, lives, room_invites } from '../../web/invites.js';
import { json_store } from '../../clients/js/src/store.js';
import { clock_words } from '../../clients/js/src/text.js';
import { memory_storage } from './fake_server.mjs';

const refused = (error) => async () => Promise.reject(new api_error(error));

test('Address: names a room, or brings an invite; what cannot be read is neither', () => {
  assert.deepEqual(address_of('#/lobby'), { room: 'lobby' });
  assert.deepEqual(address_of('#/lobby/12'), { room: 'lobby', seq: 12 });
  assert.deepEqual(address_of('#/@ada,bob/7'), { room: '@ada,bob', seq: 7 });
  for (const said of ['lobby/', 'lobby/0', 'lobby/x', 'lobby/1e3', 'lobby/-1', `lobby/${'9'.repeat(17)}`])
    assert.deepEqual(address_of(`#/${said}`), { room: said });
  assert.deepEqual(address_of('#/gr%C3%BCn'), { room: 'grün' });
  assert.deepEqual(address_of(''), { room: '' });
  assert.deepEqual(address_of('#/%'), { room: '' });
  assert.deepEqual(address_of('#invite=a-B_9'), { invite: 'a-B_9' });
  assert.deepEqual(address_of('#/invite=a%20'), { invite: 'a' });
  assert.deepEqual(address_of('#invite='), { invite: '' });
  assert.deepEqual(address_of(`#invite=${'a'.repeat(201)}`), { invite: '' });
});

test('Invites: what is asked for is within the server’s bounds', () => {
  const wanted = (uses, any = false) => invite_wanted({ uses, any, seconds: 3600 });
  assert.deepEqual(wanted('10'), { uses: 10, expires_in: 3600 });
  assert.deepEqual(wanted('', true), { uses: null, expires_in: 3600 });
  for (const uses of ['1', '10000']) assert.equal(wanted(uses).fault, undefined);
  for (const uses of ['', '0', '-1', '1.5', '10001', 'many'])
    assert.match(wanted(uses).fault, /^The number of people is 1 to/, uses);
  assert.deepEqual([default_uses, default_life], [10, 7 * 86400]);
  assert.deepEqual([lives[0], lives.at(-1)], [3600, 31536000]);
});

test('Invites: each says for how many, until when, and by whom', () => {
  const now = new Date(2026, 2, 10, 12);
  const end = new Date(2026, 2, 10, 18, 5);
  const said = (uses_left) => invite_words({ uses_left, expires_at: end.toISOString(), by: 'ada' }, now);
  assert.equal(said(1), `1 more person can join, until ${clock_words(end)}, made by ada`);
  assert.equal(said(3), `3 more people can join, until ${clock_words(end)}, made by ada`);
  assert.match(said(null), /^Any number of people can join, until/);
});

/// A room with invites at a server in memory, and a page that notes what it is told.
function desk({ api = {}, pages = [{ list: [{ id: 'a' }], next: null }] } = {}) {
  const made = { asked: [], faults: [], told: [], links: [], room: { name: 'den', face: { moderates: true } } };
  const calls = {
    invites: async (_, after) => (made.asked.push(['list', after]), pages[after ? 1 : 0]),
    make_invite: async (...all) => (made.asked.push(['make', ...all]), { id: 'b', url: 'https://x/#invite=s' }),
    revoke_invite: async (room, id) => made.asked.push(['revoke', room, id]),
    ...api,
  };
  const view = {
    invite_link_fault: (text) => made.faults.push(text),
    invites_told: (text) => made.told.push(text),
    show_link: (url) => made.links.push(url),
  };
  made.invites = new room_invites({ api: calls, view, current: () => made.room, changed: () => {} });
  made.invites.enter(made.room);
  return made;
}
const ten = { uses: '10', any: false, seconds: 3600 };

test('Invites: one is made, its link shown, and the list read anew', async () => {
  const { invites, asked, links, faults } = desk();
  await invites.make(ten);
  assert.deepEqual(asked, [['make', 'den', { uses: 10, expires_in: 3600 }], ['list', null]]);
  assert.deepEqual([links, faults, invites.list], [['https://x/#invite=s'], [''], [{ id: 'a' }]]);
});

test('Invites: what cannot be asked for is not, and a refusal is said in plain words', async () => {
  const { invites, asked, faults } = desk({ api: { make_invite: refused({ status: 409, code: 'limit_reached' }) } });
  await invites.make({ ...ten, uses: '0' });
  assert.deepEqual([asked, faults.length], [[], 1]);
  await invites.make(ten);
  assert.match(faults.at(-1), /Take one back first\.$/);
});

test('Invites: a link that is made while another room is entered is not shown there', async () => {
  const { invites, links } = desk();
  const late = invites.make(ten);
  invites.enter({ name: 'other' });
  await late;
  assert.deepEqual(links, []);
});

test('Invites: one is taken back, also where it is over by itself; another failure is told', async () => {
  for (const [error, words] of [
    [null, /^The link is taken back/],
    [{ status: 404, code: 'not_found' }, /^The link is taken back/],
    [{ status: 503, code: 'unavailable' }, /cannot save anything right now/],
  ]) {
    const { invites, told } = desk(error ? { api: { revoke_invite: refused(error) } } : {});
    await invites.revoke('a');
    assert.match(told.at(-1), words);
  }
});

test('Invites: the list comes page by page, and anew when somebody was added', async () => {
  const pages = [
    { list: [{ id: 'a' }], next: 'a' },
    { list: [{ id: 'b' }], next: null },
  ];
  const { invites, asked, room } = desk({ pages });
  invites.heard(room, [{ kind: 'add' }]);
  assert.deepEqual(asked, [], 'nobody looked at it yet');
  await invites.load();
  await invites.load({ more: true });
  assert.deepEqual([invites.list, invites.next, asked.length], [[{ id: 'a' }, { id: 'b' }], null, 2]);
  invites.heard(room, [{ kind: 'mute' }]);
  invites.heard({}, [{ kind: 'add' }]);
  assert.equal(asked.length, 2);
  invites.heard(room, [{ kind: 'add' }]);
  assert.equal(asked.length, 3);
});

/// Somebody with an invite; `answers` are theirs, in order, `api` the server's.
function guest({ answers = ['yes'], accept = async () => ({ room: 'den' }), storage = memory_storage() }) {
  const made = { asked: [], entered: [], lost: [], closed: 0, used: [] };
  const view = {
    ask_invitation: async (question) => (made.asked.push(question), answers.shift() ?? null),
    close_invitation: () => (made.closed += 1),
  };
  const api = { accept_invite: async (invite) => (made.used.push(invite), accept()) };
  const store = json_store(storage, 'greenroom.invite', null);
  const entered = (room) => made.entered.push(room);
  made.invited = new invitation({ api, store, view, entered, lost: (error) => made.lost.push(error.code) });
  return made;
}

test('Invited: nobody is asked without an invite', async () => {
  const { invited, asked } = guest({});
  await invited.offer('Bob');
  assert.deepEqual([invited.waiting, asked], [false, []]);
});

test('Invited: one who says yes is in the room, and the invite is used up here', async () => {
  const storage = memory_storage();
  const { invited, used, entered, asked } = guest({ storage });
  invited.keep('secret');
  await invited.offer('Bob');
  assert.deepEqual([used, entered, asked[0].user], [['secret'], ['den'], 'Bob']);
  assert.deepEqual([invited.waiting, storage.getItem('greenroom.invite')], [false, null]);

});

test('Invited: one who says no is not asked again; an invite outlives signing in and a reload', async () => {
  const storage = memory_storage();
  guest({ storage }).invited.keep('secret');
  const { invited, used } = guest({ storage, answers: [null, 'no'] });
  assert.ok(invited.waiting);
  await invited.offer('Bob');
  assert.ok(invited.waiting, 'the session ended under the question');
  await invited.offer('Bob');
  assert.deepEqual([invited.waiting, used, guest({ storage }).invited.waiting], [false, [], false]);
});

test('Invited: what passes can be tried again, what does not is said, and the invite dropped', async () => {
  const refusals = [
    { status: 503, code: 'unavailable' },
    { status: 410, code: 'gone' },
  ];
  const { invited, asked } = guest({ answers: ['yes', 'yes', 'no'], accept: () => refused(refusals.shift())() });
  invited.keep('secret');
  await invited.offer('Bob');
  assert.deepEqual(
    asked.map(({ fault, yes }) => [fault.slice(0, 11), yes]),
    [
      ['', 'Join'],
      ['The server ', 'Try again'],
      ['This invite', ''],
    ],
  );
  assert.equal(invited.waiting, false);
});

test('Invited: where the session is over the invite is kept for the next', async () => {
  const { invited, lost } = guest({ accept: refused({ status: 401, code: 'invalid_token' }) });
  invited.keep('secret');
  await invited.offer('Bob');
  assert.deepEqual([lost, invited.waiting], [['invalid_token'], true]);
});

test('Invited: a banned person reads who, why, until when; everybody why it cannot be', () => {
  const now = new Date(2026, 2, 10, 12);
  const until = new Date(2026, 2, 10, 18, 5);
  const banned = new api_error({ status: 403, code: 'banned', by: 'ada', why: 'spam', until: until.toISOString() });
  assert.deepEqual(refusal(banned, now), {
    fault: `You are banned from this room by ada, until ${clock_words(until)}. Why: spam`,
    yes: '',
  });
  assert.deepEqual(refusal(new api_error({ status: 410, code: 'gone' })), {
    fault: 'This invite is used up, over or was taken back.',
    yes: '',
  });
  assert.equal(refusal(new api_error({ code: 'unreachable' })).yes, 'Try again');
  assert.equal(refusal(new api_error({ status: 429, code: 'rate_limited', retry_after: 3 })).yes, 'Try again');
});
