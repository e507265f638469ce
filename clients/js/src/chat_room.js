/// A room of this user: all that is known of it here. Pure.

import { nature_of } from './direct.js';
import { plain_gone } from './errors.js';
import { room_face } from './face.js';
import { room_log, room_presence, room_typing, typing_signal } from './room.js';
import { mentions_of, unread_of } from './synced.js';

export function key_of(name) {
  return name.toLowerCase();
}

/// A room of this user. `state` is `away` (not connected), `joining`, `joined` or `gone` (then `gone` says why).
export class chat_room {
  presence = new room_presence();
  typing = new room_typing();
  signal = new typing_signal();
  state = 'away';
  gone = '';
  gone_reason = '';
  /// The same as an error: `code`, and of a ban or a removal `by`, `why`, `until`.
  gone_why = {};
  /// The last seq read, where the unread line goes (0: nowhere), and the last that the server was told.
  read = null;
  unread_from = 0;
  told = 0;
  /// Where the reader made something unread again: `known` is how far it was read before, `is_open` whether they are still
  /// in the room since; else null.
  put_back = null;
  /// Whether all of it is to be read as soon as it is joined.
  read_then = false;
  /// Whether `read` is only where the room was when it was entered; and what the server said of one's own part in it.
  guessed = true;
  synced = null;
  /// Whether a join creates the room where it is missing.
  creates = false;
  /// What this user chose to be called for here, since the server told it.
  level = null;
  /// The history request under way, with `sent`; and the one that the reader asked for.
  request = null;
  wanted = null;
  not_before = 0;
  asked = 0;

  constructor(name, me) {
    this.name = name;
    this.key = key_of(name);
    this.log = new room_log(me);
    this.face = new room_face(me, nature_of(name));
  }

  get is_private() {
    return !this.face.is_open;
  }

  /// Whether there is no room of that name, and none was here before.
  get is_missing() {
    return this.state === 'gone' && this.gone_reason === 'gone' && this.log.generation === null;
  }

  get unread() {
    return unread_of(this);
  }

  /// How many of the unread words mention this user.
  get mentions() {
    return mentions_of(this);
  }

  /// What this user wants to be called for here: `all`, `mentions` or `none`.
  get notify() {
    return this.level ?? this.synced?.notify ?? (this.face.nature === 'direct' ? 'all' : 'mentions');
  }

  /// It is gone, or this user is out of it: `why` as the server said it, with the reason.
  be_gone(why, now) {
    this.state = 'gone';
    this.gone_reason = why.reason;
    this.gone_why = { ...why, code: this.is_missing ? 'not_found' : why.reason };
    this.gone = plain_gone(why, new Date(now));
    this.presence.reset();
    this.request = null;
  }

  /// It is joined then, and not before; `patience` is how long an answer is waited for.
  wait_to_join(then, patience) {
    this.state = 'joining';
    this.not_before = then;
    this.asked = then - patience;
  }
}
