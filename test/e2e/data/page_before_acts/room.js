/// The client's state of one room. Pure: no DOM, no network, no clock; `now` is passed in (milliseconds).

/// Ranges up to this many messages are fetched without asking; larger ones become a seam that the reader opens.
export const heal_limit = 500;
export const page_size = 50;

const typing_lifetime = { active: 6000, paused: 30000 };

/// A window on the room's log: entries ascending by `seq`, each once, and which of them are known to be missing.
///
/// The server's log has no holes, so a jump in `seq` between two entries, or between the newest and `head`, is exactly
/// what this client has not got. `plan` says what to ask for next.
export class room_log {
  entries = [];
  generation = null;
  head = 0;
  /// True while the newest messages were dropped to make place for old ones; then live messages only raise `head`.
  detached = false;
  /// Sequence numbers before which the reader was away: a line is drawn there.
  seams = new Set();
  /// First numbers of ranges that the server had nothing for: not asked for again.
  #empty = new Set();

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
      this.head = head;
      return 'anew';
    }
    const behind = head > this.newest;
    this.head = Math.max(this.head, head);
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
    this.seams.clear();
    this.#empty.clear();
    this.detached = false;
  }

  note_head(seq) {
    this.head = Math.max(this.head, seq);
  }

  /// Adds a message that came by itself. Returns whether it is new here.
  add_live(message) {
    this.note_head(message.seq);
    if (this.detached && message.seq > this.newest + 1) return false;
    // An old message, answered again for a repeated id, from before the window: it would only tear a hole.
    if (this.entries.length && message.seq < this.oldest) return false;
    return this.#insert(message);
  }

  /// Adds a page of history, which was asked for with `request`. Returns how many of it are new.
  add_page(messages, request = {}) {
    let added = 0;
    for (const message of messages) if (this.#insert(message)) added += 1;
    if (messages.length) this.note_head(messages[messages.length - 1].seq);
    if (!added && request.after !== undefined) this.#empty.add(request.after + 1);
    if (!added && request.before !== undefined) this.#empty.add(this.#start_of_hole(request.before));
    if (this.newest >= this.head) this.detached = false;
    return added;
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
    if (drop === 'oldest') this.entries.splice(0, excess);
    else {
      this.entries.splice(most);
      this.detached = true;
    }
  }

  #insert(message) {
    const { entries } = this;
    let at = entries.length;
    while (at > 0 && entries[at - 1].seq > message.seq) at -= 1;
    if (at > 0 && entries[at - 1].seq === message.seq) return false;
    entries.splice(at, 0, message);
    return true;
  }

  #start_of_hole(before) {
    let start = 1;
    for (const { seq } of this.entries) if (seq < before) start = seq + 1;
    return start;
  }
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
    return [...this.names.values()].sort((a, b) => a.localeCompare(b));
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
