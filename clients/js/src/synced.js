/// What the server says of a room of which this person is a member (`synced`): how far they have read on whatever device,
/// and how much of what follows has to be read. Pure.

import { mentions } from './mentions.js';
import { is_words } from './sentences.js';

/// How many words of the room aren't read: those behind the mark, where all that is behind it is here; else as the server
/// counted them, and what came since.
export function unread_of({ read, log, synced }) {
  if (read === null) return synced?.unread ?? 0;
  const behind = Math.max(0, log.head - read);
  const tail = log.whole_tail();
  const words_after = (seq) => tail.filter((entry) => entry.seq > seq && is_words(entry)).length;
  const is_here = (seq) => tail.length > 0 && tail[0].seq <= seq + 1;
  if (is_here(read)) return words_after(read);
  if (!holds(synced, log) || synced.read !== read) return behind;
  const since = is_here(synced.head) ? words_after(synced.head) : Math.max(0, log.head - synced.head);
  return Math.min(behind, synced.unread + since);
}

/// How many of the unread words mention this user: as the server counted them, and what came since; where it counted from
/// another mark, those that are here.
export function mentions_of({ read, log, face, synced }) {
  if (read === null) return synced?.mentions ?? 0;
  if (read >= log.head) return 0;
  const mention_me = (entry) => is_words(entry) && mentions(entry, face);
  const said_after = (seq) => log.whole_tail().filter((entry) => entry.seq > seq && mention_me(entry)).length;
  const here_after = (seq) => said_after(seq) + added_by_edits(log, seq, mention_me);
  if (!holds(synced, log) || synced.read !== read || synced.mentions === undefined) return here_after(read);
  return Math.min(log.head - read, synced.mentions + here_after(synced.head));
}

/// How many messages up to `seq` mention this user only since they were edited after it.
function added_by_edits(log, seq, mention_me) {
  const stands = ({ seq: of }) => log.find(of)?.kind !== 'erased';
  const added = log.edits.filter(({ seq: edit, before, after }) => edit > seq && after.seq <= seq && !mention_me(before) && mention_me(after));
  return new Set(added.map(({ after }) => after).filter(stands).map((after) => after.seq)).size;
}

/// The mark to go on from, `{read, told}`: the one here, unless it was only guessed, or the server's is further. What the
/// server knows less of is told to it again. Null where it said nothing of this log.
export function mark_of({ read, guessed, log, synced }) {
  if (read === null || !holds(synced, log)) return null;
  const known = Math.min(synced.read, log.head);
  return { read: guessed ? known : Math.max(read, known), told: known };
}

/// Takes a page of this person's rooms into the conversation: those that aren't there are entered, where that is wanted. Asks for the next one.
export function take_rooms(talk, { rooms = [], more = false }) {
  talk.on_synced(rooms);
  for (const synced of rooms) {
    const here = talk.get(synced.room);
    if (here && here.state !== 'gone') {
      Object.assign(here, { synced, level: null });
      talk.go_on_from(here);
      talk.on_change(here);
    } else if (talk.enters_own) talk.enter(synced.room, { access: synced.access, synced, later: true });
  }
  talk.join_next();
  talk.syncing = more && talk.send({ type: 'sync', after: rooms.at(-1).room });
}

function holds(synced, log) {
  return synced !== null && synced.generation === log.generation;
}
