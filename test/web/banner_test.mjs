import assert from 'node:assert/strict';
import test from 'node:test';
import { banner_of, connection_words } from '../../web/banner.js';
import { room_face } from '../../clients/js/src/face.js';
import { clock_words } from '../../clients/js/src/text.js';

const now = new Date(2026, 2, 10, 12).getTime();
const open = { name: 'open' };

function room_with(more = {}, told = {}) {
  const face = new room_face('Me');
  face.joined({ head: 1, access: 'open', owner: 'Ann' });
  face.described({ head: 1, owner: 'Ann', post: 'all', slow: 0, ...told });
  return { state: 'joined', face, ...more };
}
const banner = (room, state = open, offline = false) => banner_of({ room, state, offline, now });

test('Banner: nothing where all is well', () => {
  assert.deepEqual(banner(room_with()), { words: '', action: '', does: '' });
  assert.equal(banner(null).words, '');
});

test('Banner: a browser that is offline says so at once, whatever the websocket thinks', () => {
  const { words, does } = banner(room_with(), open, true);
  assert.deepEqual([words, does], ['You are offline. What you write is kept and sent then.', '']);
  for (const name of ['open', 'connecting', 'waiting']) assert.equal(connection_words(name, true), 'Offline');
  assert.equal(connection_words('stopped', true), 'Not connected');
});

test('Banner: a room that can’t be entered for a while says so', () => {
  const joining = (not_before) => banner({ ...room_with(), state: 'joining', not_before });
  assert.equal(joining(now + 3000).words, '');
  assert.equal(joining(now + 3600000).words, 'That was too often. Try again in 60 minutes.');
});

test('Banner: a muted person reads who, why, until when', () => {
  const room = room_with();
  const end = new Date(now + 3600000);
  room.face.fold({ seq: 2, from: 'Ann', kind: 'mute', user: 'Me', reason: 'spam', until: end.toISOString() });
  const { words, does } = banner(room);
  assert.equal(words, `You are muted in this room by Ann, until ${clock_words(end)}. Why: spam`);
  assert.equal(does, '');
});

test('Banner: where only members may write, one can become one', () => {
  assert.equal(banner(room_with({}, { post: 'members' })).does, 'become_member');
  const moderated = banner(room_with({}, { post: 'moderators' }));
  assert.deepEqual([moderated.words, moderated.does], ['Only moderators may write in this room.', '']);
  const invited = room_with({}, { access: 'invited', post: 'members' });
  assert.equal(banner(invited).does, '');
});

test('Banner: a room that is gone says why; one can come back after a removal from an open one', () => {
  assert.deepEqual(banner(room_with({ state: 'gone', gone: 'words', gone_reason: 'banned' })), {
    words: 'words',
    action: 'Remove from my rooms',
    does: 'leave',
  });
  assert.equal(banner(room_with({ state: 'gone', gone: 'w', gone_reason: 'removed' })).does, 'enter_again');
  const secret = room_with({ state: 'gone', gone: 'w', gone_reason: 'removed' }, { access: 'private' });
  assert.equal(banner(secret).does, 'leave');
  const missing = { name: 'typo', state: 'gone', gone: 'w', gone_reason: 'gone', is_missing: true };
  assert.deepEqual(banner(room_with(missing)), { words: 'There is no room “typo”.', action: 'Create it', does: 'create' });
});

test('Banner: a lost connection comes before what one may not', () => {
  const room = room_with({}, { post: 'moderators' });
  const waiting = { name: 'waiting', until: now + 3000, words: 'Lost.' };
  assert.match(banner(room, waiting).words, /^Lost\. Trying again in 3 s\./);
  assert.match(banner(room, waiting, true).words, /^You are offline\./);
  assert.deepEqual(banner(room, { name: 'stopped', words: 'Away.' }), {
    words: 'Away.',
    action: 'Connect again',
    does: 'retry',
  });
  assert.equal(connection_words('waiting', true), 'Offline');
  assert.equal(connection_words('open', false), 'Connected');
});
