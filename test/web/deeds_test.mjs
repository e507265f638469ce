import assert from 'node:assert/strict';
import test from 'node:test';
import { deeds_on, deeds_on_message, lengths, reason_fault, settings_change, with_answers } from '../../web/deeds.js';
import { room_face } from '../../clients/js/src/face.js';

function face_of(role, access = 'open') {
  const face = new room_face('Me');
  face.joined({ head: 1, access, owner: role === 'owner' ? 'Me' : 'Ann', role });
  face.members(['Mod', 'Bob'], { Mod: 'moderator' }, 1);
  return face;
}
const keys = (deeds) => deeds.map(({ key }) => key);
const said = (from, more = {}) => ({ seq: 7, from, text: 'words', at: '2026-01-01T00:00:00Z', ...more });

test('Deeds: nobody is offered what their role does not allow', () => {
  assert.deepEqual(keys(deeds_on(face_of('owner'), 'Bob')), ['moderator', 'owner', 'mute', 'remove', 'ban']);
  assert.deepEqual(keys(deeds_on(face_of('owner'), 'Mod')), ['member', 'owner', 'mute', 'remove', 'ban']);
  assert.deepEqual(keys(deeds_on(face_of('moderator'), 'Bob')), ['mute', 'remove', 'ban']);
  for (const name of ['Mod', 'Ann']) assert.deepEqual(deeds_on(face_of('moderator'), name), []);
  for (const role of ['member', undefined]) assert.deepEqual(deeds_on(face_of(role), 'Bob'), []);
});

test('Deeds: none on oneself, none where the server knows no roles', () => {
  assert.deepEqual(deeds_on(face_of('moderator'), 'ME'), []);
  const face = new room_face('Me');
  face.guess({ owner: 'Me' });
  assert.deepEqual(deeds_on(face, 'Bob'), []);
  assert.deepEqual(deeds_on_message(face, said('Me')), []);
});

test('Deeds: what holds is lifted instead', () => {
  const deeds = deeds_on(face_of('moderator'), 'Bob', { muted: true, banned: true });
  assert.deepEqual(keys(deeds), ['unmute', 'remove', 'unban']);
  assert.deepEqual(
    deeds.map(({ act }) => act),
    ['unmute', 'remove', 'unban'].map((kind) => ({ kind, user: 'Bob' })),
  );
});

test('Deeds: one’s own words can be edited and removed, as a moderator anybody’s removed; and nothing is done to acts', () => {
  const moderator = face_of('moderator');
  assert.deepEqual(keys(deeds_on_message(face_of(undefined), said('me'))), ['reply', 'react', 'edit', 'copy', 'link', 'erase']);
  assert.deepEqual(keys(deeds_on_message(face_of('member'), said('Bob'))), ['reply', 'react', 'copy', 'link', 'unread']);
  const all = deeds_on_message(moderator, said('Ann'));
  assert.deepEqual(keys(all), ['reply', 'react', 'copy', 'link', 'unread', 'pin', 'erase']);
  assert.deepEqual(all[6].act, { kind: 'erase', target: 7 });
  assert.deepEqual(keys(deeds_on_message(moderator, said('Ann', { kind: 'action' }))), keys(all));
  assert.ok(keys(deeds_on_message(moderator, said('Ann', { text: '**so**' }))).includes('source'), 'signs can be seen as they were written');
  for (const kind of ['erased', 'mute', 'erase', 'react'])
    assert.deepEqual(deeds_on_message(moderator, said('Me', { kind })), []);
  assert.deepEqual(
    [said('Me'), said('Bob')].map((entry) => deeds_on_message(moderator, entry).at(-1).asks_reason),
    [false, true],
  );
});

test('Deeds: a moderator pins, and takes off what is pinned; nobody who may not write answers or reacts', () => {
  const of = (more) => deeds_on_message(face_of('moderator'), said('Ann', more))[5];
  assert.deepEqual([of({}).act, of({}).at_once], [{ kind: 'pin', target: 7 }, true]);
  assert.deepEqual(of({ pinned: true }).act, { kind: 'unpin', target: 7 });
  const silent = face_of('member');
  silent.described({ head: 2, owner: 'Ann', role: 'member', post: 'moderators', access: 'open' });
  assert.deepEqual(keys(deeds_on_message(silent, said('Me'))), ['copy', 'link', 'erase']);
});

test('Deeds: nobody edits after the room’s time for that, whatever their role', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  const edits = (face, seconds) => keys(deeds_on_message(face, said('Me'), at + seconds * 1000)).includes('edit');
  const described = (edit_window) => {
    const face = face_of('owner');
    face.described({ head: 2, owner: 'Me', role: 'owner', post: 'all', access: 'open', edit_window });
    return face;
  };
  assert.ok(edits(face_of('owner'), 10 ** 9), 'nothing is known of it');
  assert.deepEqual([edits(described(60), 59), edits(described(60), 61)], [true, false]);
  assert.ok(!edits(described(0), 0));
  const face = described(60);
  face.fold({ seq: 9, kind: 'settings', from: 'Ann', settings: { edit_window: 3600 } });
  assert.deepEqual([edits(face, 61), edits(face, 3601)], [true, false]);
});

test('Deeds: somebody who is muted answers, reacts and edits nothing, until it is over', () => {
  const face = face_of('member');
  face.fold({ seq: 9, kind: 'mute', from: 'Ann', user: 'Me', until: '2026-01-01T01:00:00Z' });
  const at = (time) => keys(deeds_on_message(face, said('Me'), Date.parse(time)));
  assert.deepEqual(at('2026-01-01T00:30:00Z'), ['copy', 'link', 'erase']);
  assert.deepEqual(at('2026-01-01T01:30:00Z'), ['reply', 'react', 'edit', 'copy', 'link', 'erase']);
});

test('Deeds: the answers become fields of the frame, and only those that the deed has', () => {
  const by_key = Object.fromEntries(deeds_on(face_of('owner'), 'Bob').map((deed) => [deed.key, deed]));
  const answers = { reason: ' spam ', seconds: 3600 };
  const now = Date.parse('2026-01-01T00:00:00Z');
  assert.deepEqual(with_answers(by_key.mute, answers, now), {
    kind: 'mute',
    user: 'Bob',
    reason: 'spam',
    until: '2026-01-01T01:00:00.000Z',
  });
  assert.deepEqual(with_answers(by_key.ban, { reason: ' ', seconds: 0 }, now), { kind: 'ban', user: 'Bob' });
  assert.deepEqual(with_answers(by_key.remove, answers, now), { kind: 'remove', user: 'Bob', reason: 'spam' });
  assert.deepEqual(with_answers(by_key.owner, answers, now), { kind: 'role', user: 'Bob', role: 'owner' });
  assert.deepEqual([lengths[0], lengths.at(-1)], [600, 0]);
});

test('Deeds: a reason has at most 1024 bytes', () => {
  assert.equal(reason_fault('é'.repeat(512)), '');
  assert.equal(reason_fault('é'.repeat(513)), 'Too long by 2 bytes.');
});

test('Settings: only what differs is sent, and nothing that cannot be', () => {
  const face = face_of('owner');
  face.described({ head: 1, owner: 'Me', post: 'all', slow: 0, access: 'open', title: 'T', topic: '' });
  const same = { title: ' T ', topic: '', slow: '0', post: 'all', access: 'open' };
  assert.deepEqual(settings_change(face, same), { fault: '', settings: {} });
  assert.deepEqual(settings_change(face, { ...same, title: '', slow: '5', post: 'members' }).settings, {
    title: '',
    slow: 5,
    post: 'members',
  });
  assert.deepEqual(settings_change(face, { topic: 'new', title: 'T', slow: 0 }).settings, { topic: 'new' });
  for (const slow of ['-1', '3601', '1.5', 'x']) assert.match(settings_change(face, { ...same, slow }).fault, /3600/);
  assert.match(settings_change(face, { ...same, title: 'é'.repeat(41) }).fault, /title is too long by 2 bytes/);
  assert.match(settings_change(face, { ...same, topic: 'a'.repeat(1025) }).fault, /topic is too long by 1 byte\./);
});
