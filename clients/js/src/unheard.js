/// Which numbers of a room's log this client never heard: a message that it has may have been erased there. Pure.

/// Ranges that are remembered. Beyond that the two oldest are taken for one, which doubts more than it must.
const most_ranges = 50;

export class unheard_ranges {
  /// `{from, to}`, ascending, never touching one another.
  #ranges = [];
  /// The highest number that was heard or is in a range.
  #known = 0;

  /// A log whose first numbers don't matter, for nothing of it is here.
  reset(known) {
    this.#ranges = [];
    this.#known = known;
  }

  /// The log goes up to `seq`; what lies between is not known.
  note(seq) {
    if (seq > this.#known) this.miss(this.#known + 1, seq);
  }

  miss(from, to) {
    if (from > to) return;
    const touches = (each) => each.from <= to + 1 && each.to >= from - 1;
    const joined = { from, to };
    for (const each of this.#ranges.filter(touches)) {
      joined.from = Math.min(joined.from, each.from);
      joined.to = Math.max(joined.to, each.to);
    }
    this.#put([...this.#ranges.filter((each) => !touches(each)), joined]);
    this.#known = Math.max(this.#known, to);
  }

  hear(from, to = from) {
    const rests = this.#ranges.flatMap((each) => {
      if (each.to < from || each.from > to) return [each];
      return [
        { from: each.from, to: from - 1 },
        { from: to + 1, to: each.to },
      ].filter((rest) => rest.from <= rest.to);
    });
    this.#put(rests);
    this.#known = Math.max(this.#known, to);
  }

  /// The highest number that was not heard, of ranges with more than `size` numbers; 0 where there is none.
  newest(size = 0) {
    return this.#ranges.findLast(({ from, to }) => to - from + 1 > size)?.to ?? 0;
  }

  #put(ranges) {
    ranges.sort((a, b) => a.from - b.from);
    if (ranges.length > most_ranges) ranges.splice(0, 2, { from: ranges[0].from, to: ranges[1].to });
    this.#ranges = ranges;
  }
}
