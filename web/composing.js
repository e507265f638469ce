/// The purpose of the message field: something new, an answer to a message, or new words for one of one's own. Pure.

import { quoted } from '../clients/js/src/text.js';
import { say } from './say.js';

const by_room = new WeakMap();

/// What the message field is for in that room.
export function composing_in(room) {
  if (!by_room.has(room)) by_room.set(room, new composing());
  return by_room.get(room);
}

export class composing {
  /// `reply`, `edit` or empty.
  does = '';
  #entry = null;
  #draft = '';

  /// Begins to answer a message, or to edit it: `draft` is what is in the field. Returns what is to be there now.
  begin(does, entry, draft) {
    const kept = this.does === 'edit' ? this.#draft : draft;
    Object.assign(this, { does });
    this.#entry = entry;
    this.#draft = kept;
    return does === 'edit' ? entry.text : kept;
  }

  /// Thinks better of it. Returns what is to be in the field now.
  cancel(draft) {
    const kept = this.does === 'edit' ? this.#draft : draft;
    Object.assign(this, { does: '' });
    this.#entry = null;
    return kept;
  }

  /// What sending the text does: `{text, target?}` is said, or `act` done; null: nothing changes. The field is for
  /// something new then, and `draft` is to be in it.
  finish(text) {
    const { does } = this;
    const { seq, text: before } = this.#entry ?? {};
    const draft = this.cancel('');
    if (does !== 'edit') return { draft, say: { text, ...(does === 'reply' ? { target: seq } : {}) } };
    return { draft, act: text === before ? null : { kind: 'edit', target: seq, text } };
  }

  /// The line above the field; empty where that is for something new.
  words() {
    if (this.does === 'reply') return say('reply_to', { from: this.#entry.from, quote: quoted(this.#entry.text) });
    return this.does === 'edit' ? say('edit_of', { quote: quoted(this.#entry.text) }) : '';
  }
}
