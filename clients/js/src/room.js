/// The client's state of one room. Pure: no DOM, no network, no clock; `now` is passed in (milliseconds).

import { deleted_authors } from './deleted_authors.js';
import { emptied, folding } from './folding.js';
import { is_words } from './sentences.js';
import { in_order } from './text.js';
import { unheard_ranges } from './unheard.js';

/// Ranges up to this many messages are fetched without asking; larger ones become a seam that the reader opens.
export const heal_limit = 500;
export const page_size = 50;
/// The numbers that one request reads again.
export const again_size = 100;
/// The edits that are remembered with what they changed.
const most_edits = 100;

const typing_lifetime = { active: 6000, paused: 30000 };

/// A window on the room's log: entries ascending by `seq`, each once, and which of them are known to be missing.
///
/// The server's log has no holes, so a jump in `seq` between two entries, or between the newest and `head`, is exactly
/// what this client has not got. `plan` says what to ask for next.
///
/// A text is only as good as its reading: `as_of` is the head at that time. Where more was missed since than is fetched
/// by itself, the text is in doubt, for it may have been erased: `plan_again` says what to read again.
export class room_log {
  entries = [];
  generation = null;
  head = 0;
  /// True while the newest messages were dropped to make place for old ones; then live messages only raise `head`.
  detached = false;
  /// Sequence numbers before which the reader was away: a line is drawn there.
  seams = new Set();
  /// The newest edits of messages that are here, `{seq, before, after}`: the messages before and after them.
  edits = [];
  /// First numbers of ranges that the server had nothing for: not asked for again.
  #empty = new Set();
  #unheard = new unheard_ranges();
  #deleted = new deleted_authors();
  #folded;

  /// For this reader.
  constructor(me) {
    this.#folded = new folding(me);
  }

  get oldest() {
    return this.entries.length ? this.entries[0].seq : 0;
  }
  get newest() {
    return this.entries.length ? this.entries[this.entries.length - 1].seq : 0;
  }
  get complete_below() {
    return this.oldest === 1 || (this.head === 0 && !this.entries.length);
  }

  /// Takes the server's answer to a join. Returns `first`, `resumed`, `missed` (a seam was drawn) or `anew` (the room is
  /// another one under the same name: what was here is dropped).
  open({ generation, head, recovered }) {
    const known = this.generation;
    this.generation = generation;
    if (known !== null && known !== generation) {
      this.clear();
      this.edits = [];
      this.#folded.reset();
      this.#unheard.reset(head);
      this.head = head;
      return 'anew';
    }
    const behind = head > this.newest;
    this.head = Math.max(this.head, head);
    if (known === null) this.#unheard.reset(head);
    else if (!recovered) this.#unheard.note(head);
    if (known === null || !this.entries.length) return 'first';
    if (recovered) return 'resumed';
    if (behind && !this.detached) this.seams.add(this.newest + 1);
    return 'missed';
  }

  /// The position to send with a join, so that nothing is missed; empty on the first one.
  resume_point() {
    if (this.generation === null) return {};
    return { after: this.detached || !this.entries.length ? this.head : this.newest, generation: this.generation };
  }

  /// Forgets the entries, for instance to show the newest page again.
  clear() {
    this.entries = [];
    this.#folded.forget_messages();
    this.seams.clear();
    this.#empty.clear();
    this.detached = false;
  }

  /// The log goes up to `seq`: what lies before it and didn't come was missed.
  note_head(seq) {
    this.head = Math.max(this.head, seq);
    this.#unheard.note(seq);
  }

  /// The server says that it left these out.
  miss(from, to) {
    this.head = Math.max(this.head, to);
    this.#unheard.miss(from, to);
  }

  /// Adds a message that came by itself. Returns whether it is new here.
  add_live(given) {
    const message = this.#deleted.as_left(given);
    this.note_head(message.seq);
    this.#unheard.hear(message.seq);
    this.#fold_act(message);
    if (this.detached && message.seq > this.newest + 1) return false;
    // An old message, answered again for a repeated id, from before the window: it would only tear a hole.
    if (this.entries.length && message.seq < this.oldest) return false;
    return this.#insert(message, message.seq);
  }

  /// Adds a page of history, which was asked for with `request` and read when the log's head was `as_of`. Returns how
  /// many of it are new.
  add_page(given, request = {}, as_of = this.head) {
    const messages = given.map((each) => this.#deleted.as_left(each));
    let added = 0;
    if (messages.length) {
      this.note_head(messages.at(-1).seq);
      this.#unheard.hear(messages[0].seq, messages.at(-1).seq);
    }
    for (const message of messages) {
      this.#fold_act(message);
      if (this.#insert(message, Math.max(message.seq, as_of))) added += 1;
    }
    if (request.again) this.#drop_unanswered(messages, request);
    else if (!added && is_answer(messages, request)) {
      const { after, before } = request;
      const start = after === undefined ? this.#start_of_hole(before) : after + 1;
      // All of the page may have come by itself meanwhile.
      if (before === undefined || start < before) this.#empty.add(start);
    }
    if (this.newest >= this.head) this.detached = false;
    return added;
  }

  /// Takes the frame `erased`: an author was deleted.
  disown(frame) {
    this.#deleted.add(frame);
    const as_left = (entry) => this.#deleted.as_left(entry);
    const changed = this.#folded.disown(as_left);
    this.entries = this.entries.map((entry) => (changed.has(entry.seq) ? this.#folded.find(entry.seq) : as_left(entry)));
  }

  /// The ranges `{from, to}` that are not here, oldest first; not what lies before the oldest entry.
  missing() {
    const ranges = [];
    for (let i = 1; i < this.entries.length; i += 1) {
      const from = this.entries[i - 1].seq + 1;
      const to = this.entries[i].seq - 1;
      if (from <= to && !this.#empty.has(from)) ranges.push({ from, to });
    }
    const tail = this.newest + 1;
    if (this.entries.length && !this.detached && tail <= this.head && !this.#empty.has(tail)) {
      ranges.push({ from: tail, to: this.head });
    }
    return ranges;
  }

  /// The next history request to make without being asked, or null when all is here that ought to be.
  plan() {
    if (!this.entries.length) {
      return this.head && !this.#empty.has(1) ? { before: this.head + 1, limit: page_size } : null;
    }
    for (const { from, to } of this.missing().reverse()) {
      const size = to - from + 1;
      if (size <= heal_limit) return { after: from - 1, limit: size };
      if (to === this.head) return { before: to + 1, limit: page_size };
    }
    return null;
  }

  /// Whether this entry's text may have been erased in what was missed.
  in_doubt({ kind, as_of }) {
    return kind !== 'erased' && as_of < this.#doubtful_before();
  }

  /// The request that reads the newest texts in doubt again, or null.
  plan_again() {
    if (!this.#doubtful_before()) return null;
    const doubtful = this.entries.filter((entry) => this.in_doubt(entry));
    if (!doubtful.length) return null;
    const to = doubtful.at(-1).seq;
    const { seq: from } = doubtful.find(({ seq }) => to - seq < again_size);
    return { before: to + 1, limit: to - from + 1, again: true };
  }

  /// The request for the page before the oldest entry, or null at the room's beginning.
  plan_older() {
    if (!this.entries.length || this.oldest <= 1 || this.#empty.has(1)) return null;
    return { before: this.oldest, limit: page_size };
  }

  /// The request for the page after the newest entry, or null while live messages arrive anyway.
  plan_newer() {
    return this.detached ? { after: this.newest, limit: page_size } : null;
  }

  /// Keeps at most `most` entries; `drop` says at which end the others go: `oldest` or `newest`.
  trim(most, drop) {
    const excess = this.entries.length - most;
    if (excess <= 0) return;
    const dropped = drop === 'oldest' ? this.entries.splice(0, excess) : this.entries.splice(most);
    for (const { seq } of dropped) this.#folded.forget(seq);
    if (drop !== 'oldest') this.detached = true;
  }

  /// The entry with that seq, or undefined.
  find(seq) {
    const entry = this.entries[this.#place_of(seq) - 1];
    return entry?.seq === seq ? entry : undefined;
  }

  /// The entries up to the head among which none is missing, ascending; none while the newest aren't here.
  whole_tail() {
    const { entries } = this;
    let from = entries.length;
    while (from > 0 && entries[from - 1].seq === this.head - (entries.length - from)) from -= 1;
    return entries.slice(from);
  }

  /// Texts that were read at an earlier head are in doubt. Small holes count only where they aren't fetched.
  #doubtful_before() {
    return this.#unheard.newest(this.detached ? 0 : heal_limit);
  }

  /// Of two readings of an entry the later one stands, but what was erased stays so.
  #insert(given, as_of) {
    const { entries } = this;
    const message = this.#as_left(given);
    const words = is_words(message);
    if (words) this.#folded.read(message, as_of);
    const entry = words ? this.#folded.find(message.seq) : { ...message, as_of };
    const at = this.#place_of(message.seq);
    const here = entries[at - 1];
    if (here?.seq === message.seq) {
      if (words || (here.kind !== 'erased' && here.as_of <= as_of)) entries[at - 1] = entry;
      return false;
    }
    entries.splice(at, 0, entry);
    return true;
  }

  /// What the server doesn't have any more, although it was asked for it again, isn't shown either.
  #drop_unanswered(messages, { before, limit }) {
    if (messages.length) return;
    const unanswered = this.entries.filter(({ seq }) => seq < before && seq >= before - limit);
    for (const { seq } of unanswered) this.#folded.forget(seq);
    this.entries = this.entries.filter((entry) => !unanswered.includes(entry));
  }

  /// The index behind the last entry up to `seq`.
  #place_of(seq) {
    let at = this.entries.length;
    while (at > 0 && this.entries[at - 1].seq > seq) at -= 1;
    return at;
  }

  /// The edits of a message are erased with it.
  #as_left(entry) {
    const erase = entry.kind === 'edit' ? this.#folded.erase_of(entry.target) : 0;
    return erase ? emptied(entry, erase) : entry;
  }

  /// What an act does to a message is shown at once, and also if the message comes later.
  #fold_act(entry) {
    if (is_words(entry)) return;
    if (entry.kind === 'erase') {
      const is_edit = ({ kind, target }) => kind === 'edit' && target === entry.target;
      this.entries = this.entries.map((each) => (is_edit(each) ? emptied(each, entry.seq) : each));
    }
    const before = entry.kind === 'edit' ? this.#folded.find(entry.target) : null;
    const seq = this.#folded.hear(entry);
    if (!seq) return;
    const at = this.#place_of(seq) - 1;
    if (this.entries[at]?.seq === seq) this.entries[at] = this.#folded.find(seq);
    if (before) this.edits = [...this.edits, { seq: entry.seq, before, after: this.#folded.find(seq) }].slice(-most_edits);
  }

  #start_of_hole(before) {
    let start = 1;
    for (const { seq } of this.entries) if (seq < before) start = seq + 1;
    return start;
  }
}

/// Whether a page can be the answer to that request, and not to an earlier one that was given up.
function is_answer(messages, { after, before, limit }) {
  if (after === undefined && before === undefined) return false;
  const [low, high] = after === undefined ? [before - limit, before - 1] : [after + 1, after + limit];
  return !messages.length || messages.some(({ seq }) => seq >= low && seq <= high);
}

/// The users in the room: at most as many names as the server sent, and their total number.
export class room_presence {
  names = new Map();
  count = 0;

  reset({ count = 0, first = [] } = {}) {
    this.names = new Map(first.map((name) => [name.toLowerCase(), name]));
    this.count = Math.max(count, this.names.size);
  }

  /// `joined` and `left` are set operations; `joined` replaces the list where it is the `whole` of it.
  change({ joined = [], left = [], count, whole = false }) {
    if (whole) this.names.clear();
    for (const name of left) this.names.delete(name.toLowerCase());
    for (const name of joined) this.names.set(name.toLowerCase(), name);
    this.count = Math.max(count ?? this.names.size, this.names.size);
  }

  sorted() {
    return [...this.names.values()].sort(in_order);
  }
  get unnamed() {
    return this.count - this.names.size;
  }
}

/// The users who are typing. Entries that aren't renewed expire.
export class room_typing {
  #until = new Map();

  hear(user, state, now) {
    if (typing_lifetime[state])
      this.#until.set(user, { active: state === 'active', end: now + typing_lifetime[state] });
    else this.#until.delete(user);
  }

  stop(user) {
    this.#until.delete(user);
  }

  /// The names that are typing at `now`, in the order in which they began.
  users(now) {
    for (const [user, { end }] of this.#until) if (end <= now) this.#until.delete(user);
    return [...this.#until].filter(([, { active }]) => active).map(([user]) => user);
  }
}

/// Decides when to tell the others that this user types: on a change, and again each 3 s while it goes on.
export class typing_signal {
  #state = 'done';
  #told = -Infinity;
  #typed = -Infinity;

  /// Returns the state to send now, or null.
  typed(is_empty, now) {
    if (is_empty) return this.finish();
    this.#typed = now;
    if (this.#state === 'active' && now - this.#told < 3000) return null;
    return this.#tell('active', now);
  }

  pause(now) {
    return this.#state === 'active' && now - this.#typed >= 4000 ? this.#tell('paused', now) : null;
  }

  finish() {
    if (this.#state === 'done') return null;
    this.#state = 'done';
    return 'done';
  }

  #tell(state, now) {
    this.#state = state;
    this.#told = now;
    return state;
  }
}
