/// The messages of one room as they are by now: the newest text, reactions, pins, what was erased. Pure.
///
/// It may be told of entries in any order, and more than once: as they stand in the log, live or in a replay, and in
/// pages, which have later entries folded in. Each reading of a message says how far it has the log: a page its `as_of`,
/// a message alone its own seq. Acts at or below that change nothing any more; those above count once. The later of two
/// readings stands, but what was erased stays so. The server's `core/folding` runs the same scripts.

import { is_words } from './sentences.js';

/// Acts that are remembered: for pages under way, which were read before them.
const most_acts = 1000;

const folded_kinds = new Set(['edit', 'erase', 'react', 'unreact', 'pin', 'unpin']);

export class folding {
  #me;
  #most;
  #messages = new Map();
  #acts = new Map();

  /// For this reader, whose reactions are `mine`.
  constructor(me = '', { most = most_acts } = {}) {
    this.#me = me.toLowerCase();
    this.#most = most;
  }

  /// An entry as it stands in the log. Returns the seq of the message that is another now, or 0: an act about a message
  /// that isn't here makes none.
  hear(entry) {
    if (is_words(entry)) return this.#put(entry, entry.seq);
    return folded_kinds.has(entry.kind) && entry.target ? this.#note(entry) : 0;
  }

  /// The same of an entry of a page, which was read when the head was `as_of`.
  read(entry, as_of) {
    return is_words(entry) ? this.#put(entry, Math.max(as_of, entry.seq)) : this.hear(entry);
  }

  /// The message with this seq, as an entry of a page, and `as_of`, to which it was read; null where it isn't here.
  find(seq) {
    const message = this.#messages.get(seq);
    if (!message) return null;
    const { entry, as_of, edited, reactions, pinned } = message;
    const given = [...reactions].filter(([, { count }]) => count > 0).sort(([a], [b]) => compare_bytes(a, b));
    return {
      ...entry,
      as_of,
      ...(edited ? { edited } : {}),
      ...(given.length ? { reactions: given.map(([text, { count, mine }]) => ({ text, count, mine: mine > 0 })) } : {}),
      ...(pinned ? { pinned } : {}),
    };
  }

  /// The seq of the erase that emptied that message, as far as that is known; else 0.
  erase_of(seq) {
    const entry = this.#messages.get(seq)?.entry;
    if (entry?.kind === 'erased') return entry.target ?? 0;
    return [...this.#acts.values()].find(({ kind, target }) => kind === 'erase' && target === seq)?.seq ?? 0;
  }

  /// Authors were deleted: `as_left(entry)` is the entry as it is by now. Returns the seqs of the messages that are others
  /// now: words of theirs, and words that have a mark of theirs less.
  disown(as_left) {
    const changed = new Set();
    for (const [seq, message] of this.#messages) {
      const entry = as_left(message.entry);
      if (entry === message.entry) continue;
      message.entry = entry;
      if (entry.kind === 'erased') Object.assign(message, { edited: null, reactions: new Map(), pinned: false });
      changed.add(seq);
    }
    for (const target of this.#disown_acts(as_left)) changed.add(target);
    return changed;
  }

  /// The message is not shown any more.
  forget(seq) {
    this.#messages.delete(seq);
  }

  forget_messages() {
    this.#messages.clear();
  }

  /// Another log.
  reset() {
    this.#messages.clear();
    this.#acts.clear();
  }

  #put({ edited = null, reactions = [], pinned = false, ...entry }, as_of) {
    const here = this.#messages.get(entry.seq);
    const erased = entry.kind === 'erased';
    if (here && (here.entry.kind === 'erased' || (!erased && as_of <= here.settled))) return 0;
    const tallies = reactions.map(({ text, count, mine }) => [text, { count, mine: Number(mine) }]);
    const message = {
      entry,
      as_of,
      settled: as_of,
      edited,
      reactions: new Map(tallies),
      pinned,
      pinned_by: 0,
    };
    this.#messages.set(entry.seq, message);
    for (const act of this.#acts.values()) if (act.target === entry.seq && counts(act, message)) this.#apply(message, act);
    return entry.seq;
  }

  /// A mark stands until it is taken back, so of each person's acts on it only the last one counts.
  #disown_acts(as_left) {
    const given = new Map();
    for (const [seq, act] of [...this.#acts].sort(([a], [b]) => a - b)) {
      const left = as_left(act);
      if (left === act) continue;
      if (left.kind !== 'erased') {
        this.#acts.set(seq, left);
        continue;
      }
      this.#acts.delete(seq);
      if (act.kind === 'react' || act.kind === 'unreact') given.set(`${act.target} ${act.from.toLowerCase()} ${act.text}`, act);
    }
    const standing = [...given.values()].filter(({ kind, target }) => kind === 'react' && this.#messages.has(target));
    for (const { target, text } of standing) {
      const { entry, reactions } = this.#messages.get(target);
      if (entry.kind !== 'erased') this.#tally(reactions, text, -1, false);
    }
    return standing.map(({ target }) => target);
  }

  #note(act) {
    if (this.#acts.has(act.seq)) return 0;
    this.#acts.set(act.seq, act);
    const message = this.#messages.get(act.target);
    const changes = message !== undefined && counts(act, message);
    if (changes) this.#apply(message, act);
    if (this.#acts.size > this.#most) this.#forget_acts();
    return changes ? act.target : 0;
  }

  /// What isn't remembered can't be told from what is new, so its message takes nothing from there any more. Some more
  /// than must be, so that they are rarely sorted.
  #forget_acts() {
    const oldest = [...this.#acts.keys()].sort((a, b) => a - b).slice(0, Math.ceil(this.#most / 4));
    for (const seq of oldest) {
      const message = this.#messages.get(this.#acts.get(seq).target);
      if (message) message.settled = Math.max(message.settled, seq);
      this.#acts.delete(seq);
    }
  }

  #apply(message, { kind, seq, from, text, at }) {
    if (message.entry.kind === 'erased') return;
    switch (kind) {
      case 'erase':
        Object.assign(message, { entry: emptied(message.entry, seq), edited: null, reactions: new Map(), pinned: false });
        break;
      case 'edit':
        if (seq <= (message.edited?.seq ?? 0)) return;
        message.edited = { seq, at };
        // An action is told with a star, in pages too; an edit without one.
        message.entry = { ...message.entry, text: message.entry.kind === 'action' ? `* ${text}` : text };
        break;
      case 'pin':
      case 'unpin':
        if (seq <= message.pinned_by) return;
        Object.assign(message, { pinned_by: seq, pinned: kind === 'pin' });
        break;
      default:
        this.#tally(message.reactions, text, kind === 'react' ? 1 : -1, from.toLowerCase() === this.#me);
    }
  }

  /// A sum of acts that may come in any order, so that it may be below 0 in between.
  #tally(reactions, text, change, mine) {
    const tally = reactions.get(text) ?? { count: 0, mine: 0 };
    tally.count += change;
    if (mine) tally.mine += change;
    reactions.set(text, tally);
  }
}

/// Whether the reading of the message doesn't have the act yet. Of an erase it is never asked.
function counts({ kind, seq }, { settled }) {
  return kind === 'erase' || seq > settled;
}

/// A message without what was said, as the server has it after the erase with that seq.
export function emptied({ seq, from, at, id }, erase) {
  return { seq, from, text: '(removed)', at, ...(id === undefined ? {} : { id }), kind: 'erased', target: erase };
}

/// The order of the texts' bytes in UTF-8, which is that of their characters' numbers.
function compare_bytes(a, b) {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, place) => character !== right[place]);
  if (at < 0) return left.length - right.length;
  return at < right.length ? left[at].codePointAt(0) - right[at].codePointAt(0) : 1;
}
