/// How far this person has read in a room: the mark that is kept here (`marks`, by the rooms' keys), and what the server
/// says. Pure.

import { mark_of } from './synced.js';

/// All that is there is read.
export function read_all(room, marks) {
  room.read = Math.max(room.read ?? 0, room.log.head);
  room.put_back = null;
  keep(room, marks);
}

/// All from that message on is to be unread again. The server's mark only rises, so that is kept on this device: until the
/// room is read here, or further elsewhere than it was.
export function put_back(room, seq, marks) {
  if (room.read === null || seq < 1 || seq > room.log.head) return false;
  room.put_back = { known: Math.max(room.read, room.put_back?.known ?? 0), is_open: true };
  room.read = seq - 1;
  room.unread_from = seq;
  keep(room, marks);
  return true;
}

/// It was read on another device. Returns whether that is news.
export function read_elsewhere(room, seq, marks) {
  if (room.read === null || seq <= (room.put_back?.known ?? room.read)) return false;
  room.put_back = null;
  room.read = room.told = Math.min(seq, room.log.head);
  keep(room, marks);
  return true;
}

/// A room that was joined just now: reading goes on at the stored mark of this very log, else at its head. `anew`: it is
/// another log.
export function place_mark(room, { anew }, marks) {
  const mark = marks?.get(room.key);
  const known = mark && mark.generation === room.log.generation && !anew;
  room.read = known ? Math.min(mark.seq, room.log.head) : room.log.head;
  room.told = room.read;
  room.guessed = !known;
  room.put_back = known && mark.back ? { known: mark.back, is_open: false } : null;
}

/// Takes the server's mark, where it has one.
export function take_mark(room, marks) {
  const mark = mark_of(room);
  if (mark && room.put_back && mark.told > room.put_back.known) room.put_back = null;
  if (mark) Object.assign(room, room.put_back ? { told: mark.told } : mark, { guessed: false });
  if (room.read_then && room.read !== null) Object.assign(room, { read: room.log.head, read_then: false });
  if (room.read !== null) keep(room, marks);
}

function keep({ key, log, read, put_back: back }, marks) {
  marks?.set(key, { generation: log.generation, seq: read, ...(back ? { back: back.known } : {}) });
}
