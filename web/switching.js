/// Going somewhere by a part of its name: what there is to go to, and what of it fits. Pure.

import { nature_of, shown_name } from '../clients/js/src/direct.js';
import { say } from './say_more.js';

/// What can be done besides going somewhere, as in keys.js.
export const commands = ['new_room', 'mentions', 'read_all', 'own', 'help'];

const sorts = { room: 0, other: 1, person: 2, command: 3 };

/// All that one can go to, as `{type, key, name, shown, unread}`: `rooms` are one's own, `others` are names of rooms, `people`
/// names. `recent` are keys of rooms, the last one first.
export function places({ rooms, others, people, me, recent }) {
  const room = ({ name, key, unread }) => ({ type: 'room', key, name, shown: shown_name(name, me), unread });
  const other = (name) => ({ type: 'other', key: name.toLowerCase(), name, shown: shown_name(name, me), unread: 0 });
  const mine = new Set(rooms.map(({ key }) => key));
  const written = new Set(rooms.filter(({ name }) => nature_of(name) === 'direct').map(({ name }) => shown_name(name, me)));
  const known = [...new Set(people)].filter((name) => name.toLowerCase() !== me.toLowerCase() && !written.has(name.toLowerCase()));
  const rank = new Map(recent.map((key, place) => [key, recent.length - place]));
  return [
    ...rooms.map(room),
    ...others.filter((name) => !mine.has(name.toLowerCase())).map(other),
    ...known.map((name) => ({ type: 'person', key: `person ${name}`, name, shown: name, unread: 0 })),
    ...commands.map((does) => ({ type: 'command', key: `command ${does}`, name: does, shown: say(`command_${does}`), unread: 0 })),
  ].map((each) => ({ ...each, rank: rank.get(each.key) ?? 0, folded: each.shown.toLowerCase() }));
}

/// Those that fit, the best first: where nothing is wanted, the rooms where one was last, and those with something unread.
export function found(all, wanted, most = 20) {
  const folded = wanted.trim().toLowerCase();
  const best = [];
  for (const place of all) {
    const marked = { place, fit: folded ? fit(folded, place.folded) : 1 };
    if (!marked.fit || (best.length === most && !is_before(marked, best.at(-1)))) continue;
    let at = best.length;
    while (at > 0 && is_before(marked, best[at - 1])) at -= 1;
    best.splice(at, 0, marked);
    if (best.length > most) best.pop();
  }
  return best.map(({ place }) => place);
}

function is_before({ place: a, fit: fit_a }, { place: b, fit: fit_b }) {
  const order =
    fit_b - fit_a || b.rank - a.rank || sorts[a.type] - sorts[b.type] || (b.unread > 0) - (a.unread > 0) || (a.folded < b.folded ? -1 : 1);
  return order < 0;
}

/// How well a name fits, 0 for not at all: the same, its beginning, the beginning of a word, a part, its letters in order.
export function fit(wanted, name) {
  if (name === wanted) return 5;
  if (name.startsWith(wanted)) return 4;
  const at = name.indexOf(wanted);
  if (at > 0) return /[^\p{L}\p{N}]/u.test(name[at - 1]) ? 3 : 2;
  let place = 0;
  for (const letter of name) if (letter === wanted[place]) place += 1;
  return place === wanted.length ? 1 : 0;
}
