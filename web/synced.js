/// What the server says of a room of which this person is a member (`synced`): how far they have read on whatever device,
/// and how much of what follows has to be read. Pure.

import { is_words } from './sentences.js';

// Rooms that are joined because this person is a member: a connection may be in 200, and others are entered besides.
const most_entered = 150;

/// How many words of the room aren't read: those behind the mark, where all that is behind it is here; else as the server
/// counted them, and what came since.
export function unread_of({ read, log, synced }) {
  if (read === null) return 0;
  const behind = Math.max(0, log.head - read);
  const tail = log.whole_tail();
  const words_after = (seq) => tail.filter((entry) => entry.seq > seq && is_words(entry)).length;
  const is_here = (seq) => tail.length > 0 && tail[0].seq <= seq + 1;
  if (is_here(read)) return words_after(read);
  if (!holds(synced, log) || synced.read !== read) return behind;
  const since = is_here(synced.head) ? words_after(synced.head) : Math.max(0, log.head - synced.head);
  return Math.min(behind, synced.unread + since);
}

/// The mark to go on from, `{read, told}`: the one here, unless it was only guessed, or the server's is further. What the
/// server knows less of is told to it again. Null where it said nothing of this log.
export function mark_of({ read, guessed, log, synced }) {
  if (read === null || !holds(synced, log)) return null;
  const known = Math.min(synced.read, log.head);
  return { read: guessed ? known : Math.max(read, known), told: known };
}

/// Takes a page of this person's rooms into the conversation: those that aren't there are entered. Asks for the next one.
export function take_rooms(talk, { rooms = [], more = false }) {
  for (const synced of rooms) {
    const here = talk.get(synced.room);
    if (here && here.state !== 'gone') {
      here.synced = synced;
      talk.go_on_from(here);
      talk.on_change(here);
    } else if (here || talk.rooms.size < most_entered) talk.enter(synced.room, { access: synced.access, synced });
  }
  if (more) talk.send({ type: 'sync', after: rooms.at(-1).room });
}

function holds(synced, log) {
  return synced !== null && synced.generation === log.generation;
}
