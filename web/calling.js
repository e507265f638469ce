/// Calling somebody who doesn't look at the page: when, and with which words. Pure.
///
/// One is called for what one chose to be called for in the room (see notify.js): every message, only what mentions one, or
/// nothing. The server's numbers name a call, so that of several tabs it is shown once.

import { shown_name } from '../clients/js/src/direct.js';
import { quoted } from '../clients/js/src/text.js';
import { say } from './say.js';

/// The call for an entry that came just now, `{title, body, tag, address}`, or null. `mentioned`: whether it mentions `me`;
/// `seen`: whether somebody looks at the page.
export function call_for({ room, entry, me, mentioned, seen }) {
  if (seen || room.notify === 'none' || (room.notify === 'mentions' && !mentioned)) return null;
  const direct = room.face.nature === 'direct';
  return {
    title: direct ? entry.from : say('in_room', { from: entry.from, room: room.face.title || shown_name(room.name, me) }),
    body: quoted(entry.text, 200).slice(1, -1),
    tag: `${room.key}/${entry.seq}`,
    address: `#/${room.name}/${entry.seq}`,
  };
}

/// The same for news of oneself: somebody made one a member of a room.
export function call_for_news({ type, room, by }, { me, seen }) {
  if (seen || type !== 'added' || by?.toLowerCase() === me.toLowerCase()) return null;
  const place = shown_name(room, me);
  return { title: say('added_you', { by, room: place }), body: '', tag: `added/${room}`, address: `#/${room}` };
}
