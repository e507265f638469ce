/// What the person writes in the open room, and begins to do with messages there: it says, edits, reacts, keeps what isn't
/// finished, completes names. The page draws.

import { plain } from '../clients/js/src/errors.js';
import { begun_before, completed, offers } from '../clients/js/src/mentions.js';
import { is_blank, well_formed } from '../clients/js/src/text.js';
import { meant_by } from './commands.js';
import { composing_in } from './composing.js';
import { deeds_on_message } from './deeds.js';
import { emoji_begun, emoji_finished, found_emoji, with_emoji } from './emoji.js';
import { toggled } from './reactions.js';
import { say } from './say.js';
import { left_words, text_fault } from './words.js';

/// `command(room, meant)` carries out a command, and resolves to why it can't be, or ''; `emoji` is the table, which is loaded
/// when it is first used (see later.js).
/// `life()` has `user`, `talk`, `drafts` of who is signed in; `people` the members of the open room; `ask_reaction()`
/// resolves to a reaction or null; `changed()` has the page drawn again.
export class room_writing {
  #plain = new WeakMap();

  constructor({ life, view, people, changed, link_to = (room, seq) => `#/${room}/${seq}`, ask_reaction, command, emoji, now = Date.now }) {
    Object.assign(this, { life, view, people, changed, link_to, ask_reaction, command, emoji, now });
  }

  // ---- saying ----------------------------------------------------------------------------------------------------

  /// Returns `{draft, anew}`, what is to be in the field now and whether something new was said; or false where it
  /// can't be said: then the page says why.
  say(text) {
    const room = this.#room;
    const meant = room && composing_in(room).does === 'edit' ? { text } : meant_by(text);
    const fault = text_fault(text) || (meant.fault ?? '');
    if (room && meant.does) return this.#command(room, meant, text);
    const silence = room?.face.silence(this.now());
    this.view.composer.fault(silence ? plain(silence) : fault);
    if (!room || room.state === 'gone' || silence || fault || is_blank(text)) return false;
    const words = well_formed(meant.action ?? meant.text).replace(/\s+$/, '');
    const { say, act } = composing_in(room).finish(words);
    const { talk, drafts } = this.life();
    if (say) {
      if (meant.action) this.#do(room, { kind: 'action', ...say }, text);
      else talk.say(room, say.text, say);
      drafts.set(room.key, '');
      drafts.settle(room.key);
    }
    if (act) this.#do(room, act, act.text);
    this.changed();
    return { draft: drafts.get(room.key), anew: Boolean(say) };
  }

  #command(room, meant, words) {
    this.view.composer.fault('');
    const { drafts } = this.life();
    drafts.set(room.key, '');
    drafts.settle(room.key);
    this.command(room, meant).then((fault) => {
      if (!fault || room !== this.#room) return;
      if (!this.view.composer.text) this.view.composer.put(words);
      this.view.composer.fault(fault);
    });
    return { draft: '', anew: false };
  }

  /// The words of an act that was refused come back into the field, if that is empty.
  async #do(room, act, words) {
    const done = await this.life().talk.carry_out(room, act);
    if (!done && room === this.#room && !this.view.composer.text) this.view.composer.put(words);
  }

  /// `what` is to `reply` to a message, to `edit` or to `react`; or what is the reader's alone: to `copy` it, its `link`, to show
  /// its `source`, to make all from it on `unread`.
  async begin(room, entry, what) {
    if (this.#shows(entry, what)) return;
    if (what === 'react') {
      const text = await this.ask_reaction();
      if (text) this.react(entry.seq, text);
      return;
    }
    this.view.composer.put(composing_in(room).begin(what, entry, this.view.composer.text));
    this.changed();
  }

  #shows(entry, what) {
    if (what === 'copy') this.view.copy(entry.text);
    else if (what === 'link') this.view.copy(this.link_to(this.#room.name, entry.seq));
    else if (what === 'unread') {
      this.life().talk.mark_unread(this.#room, entry.seq);
      this.view.toast(say('unread_from_here'));
    } else if (what === 'source') {
      const shown = this.plain_in(this.#room);
      if (!shown.delete(entry.seq)) shown.add(entry.seq);
      this.changed();
    } else return false;
    return true;
  }

  /// The seqs of the messages in a room that are shown as they were written.
  plain_in(room) {
    if (!this.#plain.has(room)) this.#plain.set(room, new Set());
    return this.#plain.get(room);
  }

  /// Edits the last message of this user, if that can be.
  edit_last() {
    const { user } = this.life();
    const mine = this.#room?.log.entries.findLast(({ from, kind }) => from === user && (kind ?? 'text') === 'text');
    const offered = mine ? deeds_on_message(this.#room.face, mine, this.now()) : [];
    if (offered.some(({ key }) => key === 'edit')) this.begin(this.#room, mine, 'edit');
  }

  cancel() {
    this.view.composer.put(composing_in(this.#room).cancel(this.view.composer.text));
    this.take_draft();
    this.changed();
  }

  react(seq, text) {
    const entry = this.#room.log.find(seq);
    if (entry) this.life().talk.carry_out(this.#room, toggled(entry, text));
  }

  // ---- the field -------------------------------------------------------------------------------------------------

  typed(said) {
    const room = this.#room;
    if (!room) return;
    const finished = emoji_finished(said, this.view.composer.caret, this.emoji?.here ?? []);
    if (finished) this.view.composer.put(finished.text, finished.caret);
    const text = finished?.text ?? said;
    this.#keep(room, text);
    this.view.composer.fault(text_fault(text));
    this.view.composer.left(left_words(text));
    this.life().talk.typed(room, !text.trim());
    this.people.look_for(this.#begun()?.begun ?? null);
    this.offer();
  }

  #keep(room, text) {
    if (composing_in(room).does !== 'edit') this.life().drafts.set(room.key, text);
  }

  /// The room's text may be another one now: it was written elsewhere, or is sent.
  take_draft() {
    const room = this.#room;
    if (!room || composing_in(room).does === 'edit') return;
    const text = this.life().drafts.get(room.key);
    if (text !== this.view.composer.text) this.view.composer.replace(text);
  }

  /// Another room is open: the text of the last one goes to the server, and nothing is edited there any more.
  turned(from) {
    if (from && composing_in(from).does === 'edit') composing_in(from).cancel('');
    if (from) this.life().drafts.settle(from.key);
    this.life().drafts.load();
  }

  // ---- names and emoji -------------------------------------------------------------------------------------------

  /// Offers the names, or the emoji, that may be meant.
  offer() {
    const begun = this.people.of(this.#room) ? this.#begun() : null;
    if (!begun && this.#offer_emoji()) return;
    this.view.composer.offer(begun ? offers(begun.begun, this.people.named(), this.life().user) : []);
  }

  /// Whether the name of one is begun.
  #offer_emoji() {
    const begun = this.#room && this.emoji ? this.#emoji_begun() : null;
    if (!begun) return false;
    if (!this.emoji.here) {
      // The name may be written out by then.
      this.emoji.get().then((all) => all && this.typed(this.view.composer.text));
      return false;
    }
    const found = found_emoji(this.emoji.here, begun.begun);
    this.view.composer.offer(found.map(({ name }) => name), found.map(({ sign }) => sign));
    return true;
  }

  /// Takes one of those that were offered.
  complete(name) {
    const { text, caret } = this.view.composer;
    const begun = this.#begun();
    const emoji = begun ? null : this.#emoji_begun();
    if (!begun && !emoji) return;
    const sign = emoji && this.emoji.here?.find((each) => each.name === name)?.sign;
    const whole = begun ? completed(text, caret, begun, name) : with_emoji(text, caret, emoji, sign ?? '');
    this.view.composer.put(whole.text, whole.caret);
    this.typed(whole.text);
  }

  #begun() {
    const { text, caret } = this.view.composer;
    return this.#room ? begun_before(text, caret) : null;
  }

  #emoji_begun() {
    const { text, caret } = this.view.composer;
    return emoji_begun(text, caret);
  }

  /// Puts something where the caret is.
  insert(words) {
    const { text, caret } = this.view.composer;
    this.view.composer.put(text.slice(0, caret) + words + text.slice(caret), caret + words.length);
    this.typed(this.view.composer.text);
  }

  get #room() {
    return this.life()?.talk.current ?? null;
  }
}
