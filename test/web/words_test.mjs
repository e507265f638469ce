import assert from 'node:assert/strict';
import test from 'node:test';
import { because_words, is_passing, is_temporary, plain, plain_gone } from '../../clients/js/src/errors.js';
import { clock_words, in_order, until_words, well_formed } from '../../clients/js/src/text.js';
import { about_words, day_words, hue_of, left_words, person_words, room_name_fault, text_fault, typing_words, user_name_fault } from '../../web/words.js';

test('Names: as the server takes them', () => {
  for (const name of ['A', 'ann', 'Ann-2_x', 'a'.repeat(32)]) assert.equal(user_name_fault(name), '');
  for (const name of ['', '2ann', 'an n', 'Änn', 'a'.repeat(33), 'System', 'deleted'])
    assert.notEqual(user_name_fault(name), '');
  for (const name of ['2day', 'r'.repeat(64)]) assert.equal(room_name_fault(name), '');
  for (const name of ['', '-x', '#x', 'r'.repeat(65)]) assert.notEqual(room_name_fault(name), '');
});

test('Text: the limit is 4096 bytes, not letters', () => {
  assert.equal(text_fault('a'.repeat(4096)), '');
  assert.equal(text_fault('é'.repeat(2048)), '');
  assert.equal(text_fault('é'.repeat(2049)), 'Too long by 1 character.');
  assert.notEqual(text_fault('a\0b'), '');
});

test('Errors: in plain words, whatever is known of them', () => {
  assert.match(plain({ code: 'rate_limited', retry_after: 2.2 }), /3 seconds/);
  assert.match(plain({ status: 429 }), /1 second\./);
  assert.match(plain({ code: 'rate_limited', retry_after: 3594 }), /60 minutes\./);
  assert.match(plain({ code: 'rate_limited', retry_after: 7300 }), /3 hours\./);
  assert.match(plain({ status: 404 }), /nothing by that name/);
  assert.equal(plain({ code: 'never_heard_of', detail: 'So it is.' }), 'So it is.');
  assert.equal(plain({}), 'That did not work.');
});

test('Errors: what may be sent again is told from what may not', () => {
  for (const code of ['overloaded', 'unavailable', 'unknown_outcome', 'fenced', 'draining', 'rate_limited'])
    assert.ok(is_temporary({ code }), code);
  for (const code of ['conflict', 'bad_text', 'forbidden', 'gone']) assert.ok(!is_temporary({ code }), code);
});

test('Errors: what may go well later is told from what was refused', () => {
  for (const error of [{ code: 'unreachable', status: 0 }, { status: 429 }, { status: 503 }, { code: 'overloaded' }])
    assert.ok(is_passing({ retry_after: 0, ...error }), JSON.stringify(error));
  for (const status of [400, 401, 403, 404, 409, 413]) assert.ok(!is_passing({ status, code: '', retry_after: 0 }), String(status));
});

test('Text: half an emoji becomes a sign, a whole one stays', () => {
  assert.equal(well_formed('a\ud83d'), 'a\ufffd');
  assert.equal(well_formed('\ude00b'), '\ufffdb');
  assert.equal(well_formed('a😀b'), 'a😀b');
});

test('Names: are sorted as a person sorts them', () => {
  assert.deepEqual(['room-10', 'room-2', 'Room-1'].sort(in_order), ['Room-1', 'room-2', 'room-10']);
});

test('Days: today and yesterday by name, across a month', () => {
  const today = new Date(2026, 2, 1, 0, 30);
  assert.equal(day_words(new Date(2026, 2, 1, 23), today), 'Today');
  assert.equal(day_words(new Date(2026, 1, 28, 23), today), 'Yesterday');
  assert.match(day_words(new Date(2025, 1, 28), today), /2025/);
});

test('Typing: at most two names', () => {
  assert.equal(typing_words([]), '');
  assert.equal(typing_words(['Ann']), 'Ann is typing');
  assert.equal(typing_words(['Ann', 'Bob']), 'Ann and Bob are typing');
  assert.equal(typing_words(['Ann', 'Bob', 'Cid']), 'Ann, Bob and 1 other are typing');
});

test('Hues: one name has one colour, however it is written', () => {
  assert.equal(hue_of('Ann'), hue_of('aNN'));
  assert.ok(new Set(['Ann', 'Bob', 'Cid', 'Dora', 'Eve', 'Finn'].map(hue_of)).size > 3);
});

test('Sanctions: by whom, until when in local time, and why; each where it is known', () => {
  const now = new Date(2026, 2, 10, 12);
  const end = new Date(2026, 2, 10, 18, 5);
  const until = end.toISOString();
  assert.equal(because_words({ by: 'ada', why: 'spam', until }, now), ` by ada, until ${clock_words(end)}. Why: spam`);
  assert.equal(because_words({}, now), '.');
  assert.equal(
    plain({ code: 'muted', by: 'ada' }, now),
    'You are muted in this room by ada, until somebody takes that back.',
  );
  assert.equal(
    plain({ code: 'banned', until, why: 'spam' }, now),
    `You are banned from this room until ${clock_words(end)}. Why: spam`,
  );
});

test('Sanctions: a time says its day where it is another, and its year', () => {
  const now = new Date(2026, 2, 10, 12);
  const same = new Date(2026, 2, 10, 23);
  assert.equal(until_words(same, now), clock_words(same));
  const next = new Date(2026, 2, 11, 9);
  assert.ok(until_words(next, now).endsWith(`, ${clock_words(next)}`) && !/2026/.test(until_words(next, now)));
  assert.match(until_words(new Date(2027, 0, 1), now), /2027/);
});

test('Gone: the reason decides on the words', () => {
  const words = (reason, more = {}) => plain_gone({ reason, ...more });
  assert.equal(words('removed', { by: 'ada', why: 'x' }), 'You were removed from this room by ada. Why: x');
  assert.match(words('banned', { by: 'ada' }), /^You are banned from this room by ada/);
  assert.equal(words('left'), 'You left this room.');
  assert.match(words('limit_reached'), /as many rooms/);
  assert.match(words('not_found'), /not open to you/);
  assert.match(words('gone'), /deleted/);
});

test('Writing: who may is said where it is known', () => {
  const words = (more) => plain({ code: 'read_only', ...more });
  assert.equal(words({ post: 'moderators' }), 'Only moderators may write in this room.');
  assert.equal(words({ post: 'members' }), 'Only members may write in this room.');
  assert.equal(words({ post: 'all', access: 'invited' }), 'Only members may write in this room.');
  assert.equal(words({}), 'Only some may write in this room.');
});

test('Text: near its end the field says how much more it takes', () => {
  const left = (bytes) => left_words('x'.repeat(4096 - bytes));
  assert.deepEqual([left(301), left(300), left(1), left(0), left(-1)], ['', '300 characters left', '1 character left', '0 characters left', '']);
  assert.equal(left_words('é'.repeat(2040)), '16 characters left');
});

test('About: what a room is, in a few words', () => {
  const about = (more, state = 'joined') =>
    about_words({ name: 'lobby', state, face: { title: '', slow: 0, is_told: true, ...more } });
  assert.equal(about({ access: 'open' }), 'Open to everyone');
  assert.equal(about({ access: 'private', title: 'T', slow: 30 }), 'lobby · Private room · one message in 30 seconds');
  assert.equal(about({ access: 'invited' }), 'For members');
  assert.equal(about({ access: 'open' }, 'gone'), 'Gone');
  assert.equal(about({ access: 'open', is_told: false }), '', 'nothing is said before it is known');
});

test('Words: what is known of a person', () => {
  const room = (name, here, role = null) => ({
    name,
    presence: { sorted: () => here },
    face: { nature: name.startsWith('@') ? 'direct' : 'room', role_of: () => role },
  });
  const lobby = room('lobby', ['Ann'], 'moderator');
  const rooms = [lobby, room('garden', ['ANN', 'Bob']), room('pond', []), room('@ann,me', ['Ann'])];
  assert.equal(person_words('ann', lobby, rooms), 'Moderator of this room · here now · also in garden');
  assert.equal(person_words('Bob', rooms[2], rooms), 'also in garden');
  assert.equal(person_words('Eve', lobby, rooms), 'Moderator of this room');
  const many = Array.from({ length: 8 }, (_, at) => room(`r${at}`, ['Ann']));
  assert.match(person_words('Ann', many[0], many), /also in r1, r2, r3, r4, r5, 2 other rooms$/);
});
