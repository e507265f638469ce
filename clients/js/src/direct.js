/// Direct rooms and groups: what their names say, and what one may do with a person without any role. Pure.

import { say } from './saying.js';

const user = '[A-Za-z][A-Za-z0-9_-]{0,31}';
const direct_name = new RegExp(`^@${user}(,${user})?$`);
const group_name = /^@@[0-9a-f]{16}$/i;

/// `room`, `direct` or `group`: only the server gives names that begin with `@`.
export function nature_of(name) {
  if (!name.startsWith('@')) return 'room';
  return name.startsWith('@@') ? 'group' : 'direct';
}

/// Whether that can be the name of a direct room or of a group, or `@bob`.
export function is_direct_reference(name) {
  return direct_name.test(name) || group_name.test(name);
}

/// The one name of the room that `me` means: `@bob` is `@ada,bob` for ada.
export function room_meant(name, me) {
  if (nature_of(name) === 'room') return name;
  const folded = name.toLowerCase();
  if (nature_of(name) === 'group') return folded;
  const people = folded.slice(1).split(',');
  return `@${(people.length === 2 ? people : [me.toLowerCase(), people[0]]).sort().join(',')}`;
}

/// How `me` calls a room: a direct one by the other person's name.
export function shown_name(name, me) {
  if (nature_of(name) === 'group') return say('group', { id: name.slice(2, 8) });
  if (nature_of(name) === 'room') return name;
  const people = room_meant(name, me).slice(1).split(',');
  const others = people.filter((each) => each !== me.toLowerCase());
  return others.length ? others.join(', ') : say('notes_to_self');
}

/// The deeds (see deeds.js) on a person who isn't oneself: they take no role, and are no acts. `contact` is `message`,
/// `block` or `unblock`. `here`: this is the direct room of the two already.
export function contact_deeds(name, { me, blocked = false, here = false }) {
  if (name.toLowerCase() === me.toLowerCase()) return [];
  const deed = (contact, label, more = {}) => ({ key: contact, contact, user: name, label, title: `${label}?`, ...more });
  const block = { words: say('deed_block_words', { name }), yes: say('deed_block_yes'), danger: true };
  return [
    ...(here || blocked ? [] : [deed('message', say('deed_message', { name }))]),
    blocked ? deed('unblock', say('deed_unblock', { name })) : deed('block', say('deed_block', { name }), block),
  ];
}
