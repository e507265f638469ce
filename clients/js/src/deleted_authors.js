/// Authors who were deleted while a room was open: what they wrote and did is `deleted`'s, and may be empty. Pure.
///
/// The server names the newest of the entries that it emptied. Whoever chose that has all of their words emptied, so older
/// ones that are here, and those of pages that were read before, are treated alike.

import { emptied } from './folding.js';

const heir = 'deleted';
const written = new Set([undefined, 'text', 'notice', 'action', 'edit', 'react', 'unreact']);

export class deleted_authors {
  /// By name in lower case: whether their words are empty.
  #authors = new Map();
  #seqs = new Set();

  /// Takes the frame `erased`. No name is ever given to somebody else.
  add({ user, seqs }) {
    const key = user.toLowerCase();
    this.#authors.set(key, seqs !== undefined || this.#authors.get(key) === true);
    for (const seq of seqs ?? []) this.#seqs.add(seq);
  }

  /// The entry as the server has it by now: the same object where nothing of it is another.
  as_left(entry) {
    const of_author = entry.from !== undefined && this.#authors.get(entry.from.toLowerCase());
    const about = entry.user !== undefined && this.#authors.has(entry.user.toLowerCase());
    if (this.#seqs.has(entry.seq) || (of_author && written.has(entry.kind))) return without_words(entry);
    if (of_author === undefined && !about) return entry;
    const { id: _, ...rest } = entry;
    if (of_author !== undefined) rest.from = heir;
    else if (entry.id !== undefined) rest.id = entry.id;
    if (about) rest.user = heir;
    return rest;
  }
}

/// Empty, as by the deletion of its author: no entry erased it.
function without_words(entry) {
  if (entry.kind === 'erased' && entry.from === heir) return entry;
  const { target: _, id: __, ...rest } = emptied({ ...entry, from: heir }, 0);
  return rest;
}
