import assert from 'node:assert/strict';
import test from 'node:test';
import { room_face } from '../../clients/js/src/face.js';
import { seeded } from './fake_server.mjs';

const now = Date.parse('2026-03-10T12:00:00Z');

function face_at(head = 10, more = {}) {
  const face = new room_face('Me');
  face.joined({ head, access: 'open', owner: 'Ann', ...more });
  return face;
}
const act = (seq, kind, more = {}) => ({ seq, from: 'Ann', at: '2026-03-10T11:00:00.000Z', kind, ...more });

test('Face: a server that tells nothing of roles leaves what is guessed, and silences nobody', () => {
  const face = new room_face('Me');
  face.guess({ access: 'private', owner: 'Me' });
  face.joined({ head: 3 });
  face.fold(act(4, 'mute', { user: 'Me' }));
  assert.deepEqual([face.known, face.access, face.role, face.mute], [false, 'private', 'owner', null]);
  assert.equal(face.silence(now), null);
  assert.equal(face.moderates, false);
  face.described({ head: 4, owner: 'Ann', post: 'moderators', slow: 9 });
  assert.deepEqual([face.post, face.owner], ['all', 'Me']);
});

test('Face: the join tells access, owner, own role, title, topic; a guess no longer counts', () => {
  const face = face_at(10, { access: 'invited', role: 'moderator', title: 'T', topic: 't' });
  face.guess({ access: 'open', owner: 'Bob' });
  const { access, owner, role, title, topic } = face;
  assert.deepEqual([access, owner, role, title, topic], ['invited', 'Ann', 'moderator', 'T', 't']);
  assert.ok(face.moderates && !face.is_open);
});

test('Face: acts change settings and roles, each once, in any order, and old ones nothing', () => {
  const acts = [
    act(5, 'settings', { settings: { topic: 'before the join' } }),
    act(11, 'settings', { settings: { topic: 'a', post: 'members' } }),
    act(12, 'settings', { settings: { topic: '', slow: 5, access: 'invited' } }),
    act(13, 'role', { user: 'bob', role: 'moderator' }),
    act(14, 'role', { user: 'BOB', role: 'member' }),
    act(15, 'add', { user: 'Cid' }),
    act(16, 'remove', { user: 'cid' }),
    act(17, 'role', { user: 'Me', role: 'owner' }),
    act(18, 'ban', { user: 'Eve' }),
    act(19, 'mute', { user: 'me', reason: 'why', until: '2026-03-10T12:30:00Z' }),
    act(20, 'mute', { user: 'Bob' }),
  ];
  const random = seeded(7);
  for (let round = 0; round < 50; round += 1) {
    const face = face_at(10);
    const shuffled = [...acts, ...acts].sort(() => random() - 0.5);
    for (const entry of shuffled) face.fold(entry);
    assert.deepEqual(
      [face.topic, face.post, face.slow, face.access, face.owner],
      ['', 'members', 5, 'invited', 'Me'],
      `round ${round}`,
    );
    assert.deepEqual(
      ['Ann', 'Bob', 'Cid', 'Me', 'Eve'].map((name) => face.role_of(name)),
      ['moderator', 'member', null, 'owner', null],
    );
    assert.deepEqual(face.mute, { by: 'Ann', why: 'why', until: '2026-03-10T12:30:00Z' });
  }
});

test('Face: a role that somebody had once is not taken for one of now', () => {
  const face = face_at(10);
  face.fold(act(5, 'role', { user: 'Bob', role: 'moderator' }));
  assert.equal(face.role_of('Bob'), null);
});

test('Face: what is asked for counts from the head at which it was asked', () => {
  const face = face_at(10);
  face.fold(act(12, 'settings', { settings: { slow: 9 } }));
  face.fold(act(12, 'role', { user: 'Bob', role: 'moderator' }));
  face.described({ head: 11, owner: 'Ann', post: 'moderators', slow: 0, access: 'open', topic: 'asked', title: '' });
  face.members(['Ann', 'Bob', 'Cid'], { Ann: 'owner' }, 11);
  assert.deepEqual([face.slow, face.post, face.topic], [9, 'moderators', 'asked']);
  assert.deepEqual(['Ann', 'Bob', 'Cid'].map((name) => face.role_of(name)), ['owner', 'moderator', 'member']);
});

test('Face: a mute holds until its end, its end by somebody, or until it may have been missed', () => {
  const face = face_at(10);
  face.fold(act(11, 'mute', { user: 'Me', until: '2026-03-10T12:30:00Z' }));
  assert.equal(face.silence(now).code, 'muted');
  assert.equal(face.silence(now + 30 * 60000), null);
  face.fold(act(12, 'unmute', { user: 'Me' }));
  face.fold(act(11, 'mute', { user: 'Me' }));
  assert.equal(face.silence(now), null);
  face.refused({ code: 'muted', by: 'Ann', why: 'so' }, 12);
  assert.deepEqual(face.silence(now), { code: 'muted', by: 'Ann', why: 'so', until: undefined });
  face.joined({ head: 20, access: 'open', owner: 'Ann' }, { whole: true });
  assert.ok(face.silence(now));
  face.joined({ head: 30, access: 'open', owner: 'Ann' }, { whole: false });
  assert.equal(face.silence(now), null);
});

test('Face: an old mute in a page counts, unless a later end of it is known', () => {
  const face = face_at(10);
  face.hear_mute(act(3, 'mute', { user: 'Me' }));
  assert.equal(face.silence(now).code, 'muted');
  face.hear_mute(act(4, 'unmute', { user: 'Me' }));
  face.hear_mute(act(3, 'mute', { user: 'Me' }));
  assert.equal(face.silence(now), null);
});

test('Face: a refusal counts from the head at which it came', () => {
  const face = face_at(10);
  face.refused({ code: 'muted', by: 'Ann', why: 'newer' }, 12);
  face.hear_mute(act(11, 'mute', { user: 'Me', reason: 'older' }));
  assert.equal(face.mute.why, 'newer');
  face.refused({ code: 'rate_limited' }, 13);
  assert.equal(face.mute.why, 'newer');
});

test('Face: where only some may write, the others are told so', () => {
  const face = face_at(10);
  face.described({ head: 10, owner: 'Ann', post: 'members', slow: 0 });
  assert.deepEqual(face.silence(now), { code: 'read_only', post: 'members', access: 'open' });
  face.fold(act(11, 'add', { user: 'Me' }));
  assert.equal(face.silence(now), null);
});

test('Face: another room under the same name has nothing of the old one', () => {
  const face = face_at(50, { role: 'moderator', topic: 'old' });
  face.fold(act(51, 'mute', { user: 'Me' }));
  face.fold(act(51, 'role', { user: 'Bob', role: 'moderator' }));
  face.joined({ head: 1, access: 'open', owner: 'Bob' }, { anew: true });
  face.fold(act(2, 'settings', { settings: { topic: 'new' } }));
  assert.deepEqual([face.topic, face.owner, face.role, face.mute], ['new', 'Bob', null, null]);
  face.fold(act(3, 'mute', { user: 'Me' }));
  assert.ok(face.silence(now));
});
