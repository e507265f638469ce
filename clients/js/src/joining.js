/// How rooms are joined: in which order, how fast, and from where on. Pure.
///
/// A server takes so many frames of a person in ten seconds (50 where nothing else is set), and a join is one: with many
/// rooms the one that is looked at comes first, and the others so slowly that there is place for talking. What is unread in
/// a room that isn't joined yet is known from `sync`.

const at_once = 10;
const a_second = 2;
/// Rooms that are joined without being asked for: a connection may be in 200, and others are opened besides.
const most_joined = 150;

/// A join with it never creates the room, for it goes on in a log; and there is no such log.
const no_log = { after: 0, generation: 'ffffffffffffffff' };

/// The fields of a join that say where to go on: from what is here, from the head that `sync` told, else from the mark
/// that was kept. A room where nothing is known is created only if that is wanted.
export function resume_point({ log, synced, key, creates }, marks) {
  if (log.generation !== null) return log.resume_point();
  if (synced) return { after: synced.head, generation: synced.generation };
  const mark = marks?.get(key);
  if (mark) return { after: mark.seq, generation: mark.generation };
  return creates ? {} : no_log;
}

export class join_queue {
  #tokens = at_once;
  #filled = -Infinity;

  /// The rooms to join now, of those that are `away`: `current` first, then those where something waits (`waits(room)`),
  /// then those that are unread, by name.
  take(rooms, { current, waits, now }) {
    this.#fill(now);
    const away = rooms.filter(({ state }) => state === 'away');
    if (!away.length) return [];
    const place = (room) => (room === current ? 0 : waits(room) ? 1 : room.unread ? 2 : 3);
    const inside = rooms.filter(({ state }) => state === 'joined' || state === 'joining').length;
    const due = away
      .map((room) => ({ room, place: place(room) }))
      .sort((a, b) => a.place - b.place || (a.room.key < b.room.key ? -1 : 1))
      .filter((each, at) => each.place < 2 || inside + at < most_joined)
      .slice(0, Math.floor(this.#tokens))
      .map(({ room }) => room);
    this.#tokens -= due.length;
    return due;
  }

  #fill(now) {
    const since = Math.max(0, now - this.#filled);
    this.#tokens = Math.min(at_once, this.#tokens + (since / 1000) * a_second);
    this.#filled = now;
  }
}
