/// News of this user: they are a member of a room now, or aren't any more. Pure.

import { key_of } from '../clients/js/src/chat_room.js';
import { say } from './say.js';

/// The list of rooms with `found` (as the server describes a room) in its place. `next` is where the list goes on, or
/// null: what comes behind it isn't loaded yet.
export function with_room(rooms, { room, access, owner }, next = null) {
  const key = key_of(room);
  const others = rooms.filter((each) => key_of(each.room) !== key);
  if (next !== null && key > key_of(next)) return others;
  const all = [...others, { room, access, owner, private: access === 'private' }];
  return all.sort((a, b) => (key_of(a.room) < key_of(b.room) ? -1 : 1));
}

/// The list after the user was taken out of a room: others don't see a private one.
export function without_room(rooms, name) {
  return rooms.filter((each) => key_of(each.room) !== key_of(name) || each.access !== 'private');
}

/// What to tell the person; nothing where it is their own doing, or in the open room, which shows the act itself.
export function news_words({ type, room, reason, by, text }, me, open = '') {
  if (key_of(by) === key_of(me)) return '';
  if (type === 'notice') return key_of(room) === key_of(open) ? '' : text;
  if (type === 'added') return `${say('added_you', { by, room })}.`;
  return `${say(reason === 'banned' ? 'banned_you' : 'removed_you', { by, room })}${text ? `: ${text}` : '.'}`;
}
