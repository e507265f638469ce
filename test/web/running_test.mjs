import assert from 'node:assert/strict';
import test from 'node:test';
import { api_error } from '../../clients/js/src/api.js';
import { room_face } from '../../clients/js/src/face.js';
import { membership } from '../../web/membership.js';
import { room_log } from '../../clients/js/src/room.js';
import { room_running } from '../../web/running.js';

const now = Date.parse('2026-01-01T00:00:00Z');

/// A room in which this user has that role, a page that answers as told, and an API whose answers are given by name.
function desk({ role = 'moderator', api = {}, chooses = () => null, answers = null, shown = true, begun = [] } = {}) {
  const face = new room_face('Me');
  face.joined({ head: 3, access: 'open', owner: role === 'owner' ? 'Me' : 'Ann', role });
  const log = new room_log();
  log.open({ generation: 'g', head: 3, recovered: true });
  log.add_page([{ seq: 3, from: 'Bob', text: 'words', at: '2026-01-01T00:00:00Z' }]);
  const room = { name: 'lobby', key: 'lobby', state: 'joined', face, log };
  const made = { room, sent: [], asked: [], said: [], drawn: 0 };
  const view = {
    toast: (text) => made.said.push(text),
    choose: async (what) => {
      made.asked.push(what);
      return chooses(what.deeds);
    },
    ask_deed: async () => answers,
    sanction_fault: (text) => made.said.push(text),
    settings_fault: (text) => made.said.push(text),
    invite_fault: (text) => made.said.push(text),
  };
  const nobody = async () => ({ list: [], next: null });
  const calls = { bans: nobody, mutes: nobody, ...api };
  const parts = { api: calls, view, current: () => made.room, changed: () => (made.drawn += 1) };
  const carry_out = async (_, act) => made.sent.push(act) > 0;
  made.running = new room_running({ ...parts, carry_out, on_message: (_, { seq }, what) => begun.push([seq, what]), now: () => now });
  made.running.enter(made.room);
  made.people = new membership({ ...parts, shown: () => shown });
  return made;
}
const pick = (key) => (deeds) => deeds.find((deed) => deed.key === key);

test('Running: a deed is chosen, its questions answered, and done', async () => {
  const { running, sent, asked } = desk({ chooses: pick('mute'), answers: { reason: 'spam', seconds: 600 } });
  await running.choose('Bob');
  assert.equal(asked[0].title, 'Bob');
  assert.deepEqual(sent, [{ kind: 'mute', user: 'Bob', reason: 'spam', until: '2026-01-01T00:10:00.000Z' }]);
});

test('Running: nothing is done where the person thinks better of it', async () => {
  for (const chooses of [() => null, pick('ban')]) {
    const { running, sent } = desk({ chooses, answers: null });
    await running.choose('Bob');
    assert.deepEqual(sent, []);
  }
});

test('Running: of somebody who is muted or banned, that is lifted; the lists are asked first', async () => {
  const list = [{ user: 'bob', at: '2026-01-01T00:00:00Z' }];
  const { running, sent, asked } = desk({
    api: { bans: async () => ({ list, next: null }) },
    chooses: pick('unban'),
    answers: { reason: '', seconds: 0 },
  });
  await running.choose('Bob');
  assert.ok(pick('mute')(asked[0].deeds) && !pick('ban')(asked[0].deeds));
  assert.deepEqual(sent, [{ kind: 'unban', user: 'Bob' }]);
});

test('Running: a key on a message begins what is offered there, and nothing else', async () => {
  const begun = [];
  const { running, asked } = desk({ begun });
  for (const what of ['reply', 'edit', 'erase', 'unread']) running.begin_on_message(3, what);
  running.begin_on_message(9, 'reply');
  assert.deepEqual([begun, asked], [[[3, 'reply'], [3, 'unread']], []]);
});

test('Running: a message can be removed, and its author dealt with', async () => {
  const { running, sent, asked } = desk({ chooses: pick('erase'), answers: { reason: 'rude', seconds: 0 } });
  await running.choose_on_message(3);
  assert.deepEqual(asked[0].deeds.map(({ key }) => key), ['reply', 'react', 'copy', 'link', 'unread', 'pin', 'erase', 'mute', 'remove', 'ban']);
  assert.deepEqual(sent, [{ kind: 'erase', target: 3, reason: 'rude' }]);
  await running.choose_on_message(99);
  assert.equal(asked.length, 1);
});

test('Running: an answer, an edit and a reaction are the page’s; a pin is done without a question', async () => {
  for (const [key, role] of [
    ['reply', 'member'],
    ['react', 'member'],
    ['pin', 'moderator'],
  ]) {
    const begun = [];
    const { running, sent } = desk({ role, chooses: pick(key), begun });
    await running.choose_on_message(3);
    assert.deepEqual(begun, key === 'pin' ? [] : [[3, key]]);
    assert.deepEqual(sent, key === 'pin' ? [{ kind: 'pin', target: 3 }] : []);
  }
});

test('Running: there is a button only where there is something to choose', () => {
  const at = '2026-01-01T00:00:00Z';
  const said = (from, kind) => ({ seq: 3, from, kind, text: 't', at });
  const offers = (role, entry) => {
    const { running, room } = desk({ role });
    room.face.members(['Mod'], { Mod: 'moderator' }, 3);
    return running.offers_on_message(room, entry);
  };
  assert.ok(offers('member', said('Me')) && offers('member', said('Bob')) && !offers('member', said('Me', 'erased')));
  assert.ok(offers('moderator', said('Bob', 'erased')), 'the author can still be dealt with');
  assert.ok(!offers('moderator', said('Mod', 'erased')));
});

test('Running: a name that cannot be one is not asked about', async () => {
  const { running, said, asked } = desk();
  assert.equal(await running.choose_by_name('not a name'), false);
  assert.deepEqual([asked, said.length], [[], 1]);
  assert.equal(await running.choose_by_name('Bob'), true);
});

test('Running: settings that differ are saved as one act; none where a value cannot be', async () => {
  const { running, sent, said } = desk({ role: 'owner' });
  assert.equal(await running.save({ title: '', topic: '', slow: '0' }), true);
  assert.equal(await running.save({ slow: '9999' }), false);
  assert.deepEqual([sent, said.at(-1)], [[], 'The pause is 0 to 3600 whole seconds.']);
  assert.equal(await running.save({ topic: 'cats', post: 'members' }), true);
  assert.deepEqual(sent, [{ kind: 'settings', settings: { topic: 'cats', post: 'members' } }]);
});

test('Running: lists come page by page, and nothing of another room', async () => {
  const asked = [];
  const { running, room } = desk({
    api: {
      bans: async (_, after) => {
        asked.push(after);
        return after ? { list: [{ user: 'b' }], next: null } : { list: [{ user: 'a' }], next: 'a' };
      },
      audit: async (_, before) => ({ entries: [{ seq: before ? 1 : 2 }], next: before ? null : 2 }),
    },
  });
  await running.load_sanctions();
  await running.load_sanctions('bans');
  assert.deepEqual([asked, running.bans], [[null, 'a'], { list: [{ user: 'a' }, { user: 'b' }], next: null }]);
  await running.load_audit();
  await running.load_audit({ more: true });
  assert.deepEqual(running.audit, { entries: [{ seq: 2 }, { seq: 1 }], next: null });
  const late = running.load_audit();
  running.enter({ ...room });
  await late;
  assert.equal(running.audit, null);
});

test('Running: an act has the lists that are here loaded again, and no others', async () => {
  let asked = 0;
  const bans = async () => ((asked += 1), { list: [], next: null });
  const audit = async () => ((asked += 10), { entries: [], next: null });
  const { running, room } = desk({ api: { bans, audit } });
  running.heard(room);
  assert.equal(asked, 0);
  await running.load_sanctions();
  running.heard(room);
  assert.equal(asked, 2);
  await running.load_audit();
  running.heard(room);
  assert.equal(asked, 2 + 1 + 20);
});

test('Running: how the room is set up is asked for, and an older server may not know', async () => {
  const told = { head: 3, owner: 'Ann', role: 'moderator', post: 'moderators', slow: 7, access: 'open' };
  const { running, room } = desk({ api: { room: async () => told } });
  await running.describe();
  assert.deepEqual([room.face.post, room.face.slow], ['moderators', 7]);
  const older = desk({ api: { room: async () => Promise.reject(new api_error({ status: 405 })) } });
  await older.running.describe();
  assert.deepEqual([older.room.face.post, older.said], ['all', []]);
});

test('Members: the list is loaded with its roles, page by page', async () => {
  const pages = {
    start: { members: ['Ann', 'Bob'], roles: { Ann: 'owner', Bob: 'moderator' }, next: 'Bob' },
    Bob: { members: ['Cid'], roles: {}, next: null },
  };
  const { people, room } = desk({ api: { members: async (_, after) => pages[after ?? 'start'] } });
  people.enter(room);
  await people.load();
  await people.load({ more: true });
  assert.deepEqual(people.shown_names(), ['Ann', 'Bob', 'Cid']);
  assert.deepEqual(['Bob', 'Cid'].map((name) => room.face.role_of(name)), ['moderator', 'member']);
});

test('Members: acts change the list without a question to the server', async () => {
  let asked = 0;
  const members = async () => ((asked += 1), { members: ['Ann', 'Bob'], roles: { Ann: 'owner' }, next: null });
  const { people, room } = desk({ api: { members } });
  people.enter(room);
  await people.load();
  asked = 0;
  const acts = [
    { seq: 4, kind: 'add', from: 'Ann', user: 'aron' },
    { seq: 5, kind: 'ban', from: 'Ann', user: 'Bob' },
    { seq: 6, kind: 'role', from: 'Ann', user: 'ANN', role: 'owner' },
    { seq: 7, kind: 'mute', from: 'Ann', user: 'Zed' },
  ];
  for (const act of acts) room.face.fold(act);
  people.heard(room, acts);
  assert.deepEqual([people.shown_names(), asked], [['Ann', 'aron'], 0]);
});

test('Members: nobody asks for a list that nobody looks at, unless what they may do depends on it', async () => {
  for (const [role, shown, expected] of [
    ['member', false, 0],
    ['member', true, 1],
    ['moderator', false, 1],
  ]) {
    let asked = 0;
    const members = async () => ((asked += 1), { members: [], roles: {}, next: null });
    const { people, room } = desk({ role, shown, api: { members } });
    people.enter(room);
    assert.equal(asked, expected, `${role} ${shown}`);
  }
});

test('Members: a list that one may not read is no news; other failures are', async () => {
  for (const [status, notes] of [
    [403, 0],
    [404, 0],
    [503, 1],
  ]) {
    const { people, room, said } = desk({ api: { members: async () => Promise.reject(new api_error({ status })) } });
    people.enter(room);
    await people.load();
    assert.equal(said.length, notes * 2, `${status}: once by itself, once when asked`);
  }
});

test('Members: why somebody cannot be added is said in plain words', async () => {
  for (const [error, words] of [
    [{ status: 404, code: 'no_user' }, 'There is no one by that name.'],
    [{ status: 409, code: 'conflict' }, 'Bob is banned here: lift the ban first.'],
  ]) {
    const { people, room, said } = desk({
      api: {
        invite: async () => Promise.reject(new api_error(error)),
        members: async () => ({ members: [], roles: {}, next: null }),
      },
    });
    people.enter(room);
    assert.equal(await people.invite('Bob'), false);
    assert.equal(said.at(-1), words);
  }
});

test('Members: one becomes a member of an open room by adding oneself', async () => {
  const added = [];
  const { people, room } = desk({
    role: undefined,
    api: {
      invite: async (name, user) => added.push([name, user]),
      members: async () => ({ members: ['Me'], roles: {}, next: null }),
    },
  });
  people.enter(room);
  assert.equal(await people.become_member(), true);
  assert.deepEqual(added, [['lobby', 'Me']]);
});

test('Membership: who may be meant by a begun name is asked for anew, and in a long list by how it begins', async () => {
  const asked = [];
  const pages = { start: { members: ['Ann'], roles: {}, next: 'Ann' }, bo: { members: ['Bob', 'bo2', 'Cid'], roles: {}, next: null } };
  const members = async (_, after) => {
    asked.push(after ?? 'start');
    return pages[after ?? 'start'];
  };
  const { people, room } = desk({ role: 'member', shown: false, api: { members } });
  room.presence = { sorted: () => ['Dora', 'Ann'] };
  people.enter(room);
  assert.deepEqual(people.named(), ['Dora', 'Ann'], 'nothing is asked for before somebody writes a name');
  await people.look_for('bo');
  assert.deepEqual(people.named(), ['Ann', 'Bob', 'bo2', 'Cid', 'Dora', 'Ann']);
  await people.look_for('bo');
  assert.deepEqual(asked, ['start', 'bo']);
  people.look_for(null);
  pages.start = { members: ['Ann', 'Eve'], roles: {}, next: null };
  await people.look_for('');
  await people.look_for('e');
  assert.deepEqual([people.named(), asked.slice(2)], [['Ann', 'Eve', 'Dora', 'Ann'], ['start']]);
  people.enter(room);
  assert.deepEqual(people.named(), ['Dora', 'Ann']);
});
