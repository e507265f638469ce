import assert from 'node:assert/strict';
import test from 'node:test';
import { conversation } from '../../clients/js/src/conversation.js';
import { room_catalog } from '../../web/catalog.js';
import { news_words, with_room, without_room } from '../../web/own_news.js';

const listed = (room, access = 'open') => ({ room, access, owner: 'Ann', private: access === 'private' });
const names = (rooms) => rooms.map(({ room }) => room);

test('Own news: a room comes into the list at its place, once', () => {
  const rooms = [listed('Attic'), listed('lobby')];
  const more = with_room(rooms, { room: 'Den', access: 'private', owner: 'Ann', topic: 'tea' });
  assert.deepEqual(names(more), ['Attic', 'Den', 'lobby']);
  assert.deepEqual(more[1], listed('Den', 'private'));
  assert.deepEqual(names(with_room(more, { room: 'den', access: 'open', owner: 'Bob' })), ['Attic', 'den', 'lobby']);
  assert.deepEqual(names(rooms), ['Attic', 'lobby']);
});

test('Own news: a room behind the loaded pages waits for its page', () => {
  const rooms = [listed('attic'), listed('lobby')];
  assert.deepEqual(names(with_room(rooms, { room: 'Zoo', access: 'open', owner: 'Ann' }, 'lobby')), ['attic', 'lobby']);
  assert.deepEqual(names(with_room(rooms, { room: 'Den', access: 'open', owner: 'Ann' }, 'lobby')).length, 3);
});

test('Own news: who is taken out sees no private room any more', () => {
  const rooms = [listed('attic', 'private'), listed('club', 'invited'), listed('lobby')];
  assert.deepEqual(names(without_room(rooms, 'Attic')), ['club', 'lobby']);
  assert.deepEqual(names(without_room(rooms, 'club')), ['attic', 'club', 'lobby']);
  assert.deepEqual(names(without_room(rooms, 'lobby')), ['attic', 'club', 'lobby']);
});

test('Own news: the person reads who did it and why, but of their own doing', () => {
  const removed = { type: 'removed', room: 'Den', reason: 'removed', by: 'Ann' };
  assert.equal(news_words({ type: 'added', room: 'Den', by: 'Ann' }, 'Me'), 'Ann added you to Den.');
  assert.equal(news_words(removed, 'Me'), 'Ann removed you from Den.');
  assert.equal(news_words({ ...removed, reason: 'banned', text: 'spam' }, 'Me'), 'Ann banned you from Den: spam');
  assert.equal(news_words({ ...removed, by: 'me' }, 'Me'), '');
  const muted = { type: 'notice', room: 'Den', kind: 'mute', by: 'Ann', text: 'Ann muted you in Den: noise' };
  assert.equal(news_words(muted, 'Me', 'lobby'), 'Ann muted you in Den: noise');
  assert.equal(news_words(muted, 'Me', 'den'), '');
});

test('Own news: the conversation passes it on, for rooms that it is in and others', () => {
  const heard = [];
  const talk = new conversation({
    me: 'Me',
    send: () => true,
    outbox: { take: () => [], in_flight: () => [] },
    on_own: (frame, room) => heard.push([frame.type, frame.room, room?.name]),
  });
  talk.enter('Lobby');
  talk.hear({ type: 'added', room: 'den', by: 'Ann' });
  talk.hear({ type: 'notice', room: 'den', kind: 'mute', by: 'Ann', text: 'Ann muted you in den' });
  talk.hear({ type: 'removed', room: 'lobby', reason: 'removed', by: 'Ann' });
  assert.deepEqual(heard, [
    ['added', 'den', undefined],
    ['notice', 'den', undefined],
    ['removed', 'lobby', 'Lobby'],
  ]);
});

test('Own news: the catalog asks how the room is set up, and lists it', async () => {
  let drawn = 0;
  const api = { room: async (name) => ({ ...listed(name, 'private'), post: 'all' }) };
  const catalog = new room_catalog({ api, loaded: () => {}, lost: () => {}, changed: () => (drawn += 1) });
  await catalog.hear({ type: 'added', room: 'Den', by: 'Ann' });
  assert.deepEqual(names(catalog.rooms), ['Den']);
  await catalog.hear({ type: 'notice', room: 'den', kind: 'mute', by: 'Ann', text: 'Ann muted you in Den' });
  assert.deepEqual(names(catalog.rooms), ['Den']);
  await catalog.hear({ type: 'removed', room: 'den', reason: 'removed', by: 'Ann' });
  assert.deepEqual(names(catalog.rooms), []);
  assert.equal(drawn, 3);
});

test('Own news: a room that cannot be asked for, or an answer for somebody else, changes nothing', async () => {
  const api = { room: () => Promise.reject(new Error('not now')) };
  const catalog = new room_catalog({ api, loaded: () => {}, lost: () => {}, changed: () => assert.fail('drawn') });
  await catalog.hear({ type: 'added', room: 'Den', by: 'Ann' });
  let answer;
  api.room = () => new Promise((settle) => (answer = settle));
  const heard = catalog.hear({ type: 'added', room: 'Den', by: 'Ann' });
  catalog.reset();
  answer(listed('Den'));
  await heard;
  assert.deepEqual(catalog.rooms, []);
});
