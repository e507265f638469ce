import assert from 'node:assert/strict';
import test from 'node:test';
import { act_sentence, concerns, entry_line, is_words } from '../../clients/js/src/sentences.js';
import { clock_words } from '../../clients/js/src/text.js';

const at = new Date(2026, 2, 10, 12);
const act = (kind, more = {}) => ({ seq: 1, from: 'ada', at: at.toISOString(), kind, text: 'their words', ...more });
const said = (entry, me = 'cid') => act_sentence(entry, me);

test('Sentences: who, what, whom, until when in local time, why', () => {
  const end = new Date(2026, 2, 10, 18, 5);
  const mute = act('mute', { user: 'bob', until: end.toISOString(), reason: 'spam' });
  assert.equal(said(mute), `ada muted bob until ${clock_words(end)}: spam`);
  assert.equal(said(mute, 'Bob'), `ada muted you until ${clock_words(end)}: spam`);
  assert.equal(said(mute, 'ADA'), `You muted bob until ${clock_words(end)}: spam`);
  assert.match(said(act('ban', { user: 'bob', until: new Date(2027, 0, 2, 9).toISOString() })), /2027/);
});

test('Sentences: every act has one', () => {
  const user = 'bob';
  assert.equal(said(act('erase', { target: 3, reason: 'rude' })), 'ada removed a message: rude');
  assert.equal(said(act('role', { user, role: 'moderator' })), 'ada made bob a moderator');
  assert.equal(said(act('role', { user, role: 'owner' })), 'ada made bob the owner');
  assert.equal(said(act('role', { user, role: 'member' })), 'ada made bob a member');
  assert.equal(said(act('add', { user })), 'ada added bob');
  assert.equal(said(act('remove', { user, reason: 'x' })), 'ada removed bob: x');
  assert.equal(said(act('remove', { user: 'ADA' })), 'ada left');
  assert.equal(said(act('ban', { user })), 'ada banned bob');
  assert.equal(said(act('unban', { user })), 'ada lifted the ban of bob');
  assert.equal(said(act('unmute', { user })), 'ada lifted the mute of bob');
});

test('Sentences: edits and reactions are told by their message, pins by a line', () => {
  for (const kind of ['edit', 'react', 'unreact']) assert.equal(said(act(kind, { target: 1, text: '👍' })), '');
  assert.equal(said(act('pin', { target: 1, text: 'pinned a message' })), 'ada pinned a message');
  assert.equal(said(act('unpin', { target: 1 })), 'ada took a message off the pins');
});

test('Sentences: settings are told one by one', () => {
  const settings = (set) => said(act('settings', { settings: set }));
  assert.equal(settings({ topic: 'cats' }), 'ada set the topic: cats');
  assert.equal(settings({ topic: '', title: 'Cats' }), 'ada named the room “Cats”, took the topic away');
  assert.equal(
    settings({ access: 'private', post: 'moderators', slow: 30 }),
    'ada made the room private, let only moderators write, set the pause between messages to 30 s',
  );
  assert.equal(settings({ slow: 0 }), 'ada ended the pause between messages');
  assert.equal(settings({ data: null }), 'ada changed the room’s data');
  assert.equal(settings({ edit_window: 60 }), 'ada set the time for edits to 60 s');
  assert.equal(settings({ edit_window: 0 }), 'ada ended the editing of messages');
  assert.equal(settings({ modes: '+l 5' }), 'ada set the modes +l 5');
  assert.equal(settings({ keep: 30 }), 'ada changed the settings');
});

test('Sentences: of a kind that is not known the server’s words stand, and nothing of one without words', () => {
  assert.equal(said(act('pin', { text: 'pinned a message' })), 'ada pinned a message');
  assert.equal(said(act('tag', { text: '' })), '');
});

test('Sentences: words are told from acts, and acts on oneself from others', () => {
  for (const kind of [undefined, 'text', 'notice', 'action', 'erased']) assert.ok(is_words({ kind }), kind);
  for (const kind of ['erase', 'mute', 'settings', 'pin']) assert.ok(!is_words({ kind }), kind);
  assert.equal(entry_line({ from: 'ada', text: 'hi' }, 'cid'), 'ada: hi');
  assert.equal(entry_line(act('mute', { user: 'cid' }), 'cid'), 'ada muted you');
  assert.ok(concerns(act('mute', { user: 'CID' }), 'cid'));
  assert.ok(!concerns(act('mute', { user: 'bob' }), 'cid'));
  assert.ok(!concerns(act('remove', { user: 'ada' }), 'ada'));
});

test('Sentences: a tag of IRC is nothing to tell, and nobody’s words', () => {
  assert.equal(said(act('tag', { text: '' })), '');
  assert.equal(said(act('tag')), '');
  assert.equal(is_words(act('tag')), false);
});
