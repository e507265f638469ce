/// Asks for the pages of rooms' logs that are missing, in doubt or wanted by the reader: one request a room at a time. It
/// knows no network: `talk` is the conversation, which sends. Pure.

import { page_size } from './room.js';

/// Messages that one room keeps here, where nothing else is said.
export const most_messages = 400;

/// `talk` has `connected`, `current`, `send(frame)`, `following(room)`, `now()`; `patience` is how long an answer is waited for, in
/// milliseconds; `most` how many messages a room keeps; `fold(room, entries)` is called with each page that came.
export class page_fetcher {
  constructor(talk, { patience, most = most_messages, fold }) {
    Object.assign(this, { talk, patience, most, fold });
  }

  /// The reader wants more: `older`, `newer`, or a missing `{from, to}`.
  load(room, what) {
    if (room.request || room.wanted) return;
    if (what === 'older') room.wanted = room.log.plan_older();
    else if (what === 'newer') room.wanted = room.log.plan_newer();
    else room.wanted = { before: what.to + 1, limit: Math.min(100, what.to - what.from + 1) };
    if (room.wanted) this.fetch(room);
  }

  /// The reader wants the message with that seq and its neighbours: next, whatever else is asked for.
  seek(room, seq) {
    if (room.log.find(seq)) return;
    room.wanted = { before: seq + page_size / 2, limit: page_size, around: true };
    this.fetch(room);
  }

  /// Back to the newest page.
  latest(room) {
    room.log.clear();
    room.wanted = null;
    this.fetch(room);
  }

  /// Asks for what is missing or in doubt. A room that nobody looked at yet is not fetched, and texts in doubt in one that
  /// nobody looks at are dropped.
  fetch(room) {
    const { log } = room;
    const { talk } = this;
    if (!talk.connected || room.state !== 'joined' || room.request) return;
    if (room !== talk.current && log.plan_again()) log.clear();
    const looked_at = room === talk.current || log.entries.length > 0;
    const wanted = room.wanted ?? (looked_at ? (log.plan() ?? log.plan_again()) : null);
    room.wanted = null;
    if (!wanted) return;
    const { again, around, ...page } = wanted;
    if (talk.send({ type: 'history', room: room.name, ...page }))
      room.request = { ...wanted, oldest: log.oldest, head: log.head, sent: talk.now() };
  }

  /// A page came.
  take(room, { messages = [], as_of = 0 }) {
    const request = room.request ?? {};
    room.request = null;
    room.log.add_page(messages, request, Math.max(as_of, request.head ?? 0));
    this.fold(room, messages);
    for (const entry of room.log.whole_tail()) room.face.hear_mute(entry);
    const upward = request.around || (request.before !== undefined && request.before === request.oldest);
    this.trim(room, upward ? 'newest' : undefined);
    this.fetch(room);
  }

  /// Asked again by `expire`, once `wait` milliseconds are over.
  again_in(room, wait) {
    if (room.request) room.request.sent = this.talk.now() - this.patience + wait;
  }

  /// Gives up waiting for an answer that doesn't come.
  expire(room) {
    if (room.request && this.talk.now() - room.request.sent > this.patience) room.request = null;
  }

  trim(room, drop) {
    const { current } = this.talk;
    const end = drop ?? (room !== current || this.talk.following(room) ? 'oldest' : 'newest');
    room.log.trim(this.most, end);
  }
}
