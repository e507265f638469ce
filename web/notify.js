/// What this user wants to be called for in a room, and how much of what is unread calls them: that stands in the page's
/// title and on badges. Pure.

export const levels = ['all', 'mentions', 'none'];

/// How much calls in that room: all that is unread, or only mentions. Where the server counts no mentions, and where this
/// user is no member, that can't be told apart.
export function calls_of({ notify, unread, mentions, synced }) {
  if (notify === 'none') return 0;
  return notify === 'mentions' && synced?.mentions !== undefined ? mentions : unread;
}

/// The same for all rooms but the one that is watched, or null.
export function calls_in(rooms, watched) {
  return rooms.reduce((sum, room) => sum + (room === watched ? 0 : calls_of(room)), 0);
}

/// Whether the server lists mentions, as far as that is known.
export function lists_mentions(rooms) {
  return rooms.some(({ synced }) => synced?.mentions !== undefined);
}
