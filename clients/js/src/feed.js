/// A room's entries for a program: in their order, each once, none left out, whatever the connection does. Pure but for
/// `read`, which asks for a page.
///
/// Most come by themselves, in order. Where one is missing, the log usually heals in a moment (a replay, a page that is
/// under way); if it doesn't, the feed reads on by itself, however much was missed.

const patience = 1000;
const page = 500;

export class room_feed {
  /// The last number that was given, null before there is one; and the log whose number that is.
  seq = null;
  generation = null;
  #stuck_since = null;
  #reading = false;

  /// `log` is the room's (see room.js), `give(entry)` gets what comes, `read({after, limit})` resolves to `{messages, as_of}`.
  constructor({ log, give, read, now = Date.now }) {
    Object.assign(this, { log, give, read, now });
  }

  /// The room is joined: goes on from `seq` where that is of the same log, else at its head.
  start({ generation = null, seq = null } = {}) {
    const same = seq !== null && generation === this.log.generation;
    this.generation = this.log.generation;
    this.seq = same ? Math.min(seq, this.log.head) : this.log.head;
  }

  /// Something may have come. Returns whether it is another log now: then it goes on at that one's head.
  pump() {
    if (this.seq === null) return false;
    if (this.generation !== this.log.generation) {
      this.start();
      return true;
    }
    if (this.#reading) return false;
    for (let next = this.#next(); next; next = this.#next()) this.#give(next);
    if (this.seq >= this.log.head) this.#stuck_since = null;
    else this.#stuck_since ??= this.now();
    return false;
  }

  /// To be called each second.
  async tick() {
    this.pump();
    if (this.#reading || this.#stuck_since === null || this.now() - this.#stuck_since < patience) return;
    this.#reading = true;
    const { generation, seq } = this;
    try {
      const { messages, as_of = this.log.head } = await this.read({ after: seq, limit: page });
      if (this.generation === this.log.generation && this.generation === generation) this.#take(messages, as_of);
    } catch {
      // It is tried again in a second.
    }
    this.#reading = false;
    this.pump();
  }

  #next() {
    return this.seq < this.log.head ? this.log.find(this.seq + 1) : undefined;
  }

  #give(entry) {
    this.#stuck_since = null;
    this.seq = entry.seq;
    this.give(entry);
  }

  /// What the server hasn't any more, it leaves out.
  #take(messages, as_of) {
    for (const entry of messages) if (entry.seq > this.seq) this.#give(entry);
    if (!messages.length) this.seq = Math.max(this.seq, as_of);
  }
}
