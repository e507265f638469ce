/// From what is known of a room to the rows on the page, top to bottom. Pure; `message_list.js` makes elements of them.
///
/// | type      | what it is                                                             |
/// |-----------|------------------------------------------------------------------------|
/// | `start`   | the room's beginning                                                   |
/// | `older`   | there is more above                                                    |
/// | `day`     | a new local day begins                                                 |
/// | `unread`  | what follows was not read yet                                          |
/// | `seam`    | the reader was away here; all there is, is shown                       |
/// | `missing` | messages `from` to `to` are not here                                   |
/// | `message` | one message; `lead` where its author or time is to be named, `erased`  |
/// |           | where it was removed, `doubt` while it is read again and not shown,    |
/// |           | `deeds` where something can be done with it; `quote` is the message    |
/// |           | that it answers, `edited` the time of the last edit; `reactions`,      |
/// |           | `reacts` where this reader may react, `pinned`; `named` are the words  |
/// |           | that mention this reader; `plain` where signs are shown as written     |
/// | `act`     | something that was done in the room, as a sentence in `text`           |
/// | `hidden`  | messages by somebody whom the reader has blocked: `count`, and `seqs`   |
/// | `pending` | one of our own, not acknowledged; `state` is `pending` or `failed`     |
///
/// Pending messages belong after the newest message, so they aren't shown while that one is outside the window.

import { mentions, names_of } from '../clients/js/src/mentions.js';
import { act_sentence, is_words } from '../clients/js/src/sentences.js';
import { day_key, moment_words, quoted } from '../clients/js/src/text.js';
import { say } from './say.js';

const group_span = 5 * 60 * 1000;

/// `face` says how the room is set up; `unread` is the seq of the first unread message, or 0; `loading` is true while a page
/// of history is under way; `offers(entry)` says whether something can be done with a message;
/// `hides(entry)` whether it is hidden; `plain` are the seqs of those that are shown as they were written.
export function rows_of(log, waiting, options = {}) {
  const { me, face = null, unread = 0, loading = false, offers = () => false, hides = () => false, reacts = false, plain = new Set() } = options;
  const rows = [];
  if (log.complete_below) rows.push({ key: 'start', type: 'start' });
  else if (log.entries.length) rows.push({ key: 'older', type: 'older', loading });
  const holes = new Map(log.missing().map((range) => [range.from, range]));
  const before = { day: '', from: '', time: 0, seq: 0 };
  const missing_row = ({ from, to }) => ({
    key: `hole-${from}`,
    type: 'missing',
    from,
    to,
    count: to - from + 1,
    loading,
  });

  for (const entry of log.entries) {
    const at = new Date(entry.at);
    const hole = before.seq ? holes.get(before.seq + 1) : undefined;
    if (hole) rows.push(missing_row(hole));
    let broken = Boolean(hole);
    if (log.seams.has(entry.seq)) {
      rows.push({ key: `seam-${entry.seq}`, type: 'seam' });
      broken = true;
    }
    const day = day_key(at);
    if (day !== before.day) {
      rows.push({ key: `day-${day}-${entry.seq}`, type: 'day', date: at });
      broken = true;
    }
    if (entry.seq === unread) {
      rows.push({ key: 'unread', type: 'unread' });
      broken = true;
    }
    const act = !is_words(entry);
    if (!act && hides(entry)) {
      const last = rows.at(-1);
      if (last.type === 'hidden') Object.assign(last, { count: last.count + 1, seqs: [...last.seqs, entry.seq] });
      else rows.push({ key: `hidden-${entry.seq}`, type: 'hidden', seq: entry.seq, count: 1, seqs: [entry.seq] });
      Object.assign(before, { day, from: '', time: at, seq: entry.seq });
      continue;
    }
    const lead = broken || entry.from !== before.from || at - before.time > group_span;
    const row = { key: entry.id ? `id-${entry.id}` : `seq-${entry.seq}`, seq: entry.seq, from: entry.from, at };
    if (!act) {
      const erased = entry.kind === 'erased';
      const doubt = log.in_doubt(entry);
      const text = erased ? say('removed_one') : doubt ? '…' : entry.text;
      const mine = entry.from === me;
      const deeds = !doubt && offers(entry);
      const more = erased || doubt ? {} : { ...now_of(entry, log, reacts, hides), ...named_of(entry, face) };
      // The star of an action is no list's.
      const written = entry.kind === 'action' || plain.has(entry.seq) ? { plain: true } : {};
      rows.push({ ...row, type: 'message', text, lead, mine, erased, doubt, deeds, ...more, ...written });
    } else {
      const text = act_sentence(entry, me);
      if (text) rows.push({ ...row, type: 'act', kind: entry.kind, text });
    }
    Object.assign(before, { day, from: act ? '' : entry.from, time: at, seq: entry.seq });
  }
  const tail = holes.get(log.newest + 1);
  if (tail && log.entries.length) rows.push(missing_row(tail));

  for (const entry of log.detached ? [] : waiting) {
    const at = new Date(entry.written);
    rows.push({
      key: `id-${entry.id}`,
      type: 'pending',
      id: entry.id,
      from: me,
      text: entry.text,
      at,
      state: entry.state,
      reason: entry.reason,
      lead: before.from !== me || at - before.time > group_span,
      mine: true,
    });
    Object.assign(before, { from: me, time: at });
  }
  return rows;
}

/// What more there is of a message than its text.
function now_of({ target, edited, reactions, pinned }, log, reacts, hides) {
  return {
    ...(target ? { quote: quote_of(target, log.find(target), hides) } : {}),
    ...(edited ? { edited: moment_words(new Date(edited.at)) } : {}),
    ...(reactions ? { reactions, reacts } : {}),
    ...(pinned ? { pinned } : {}),
  };
}

/// The words in it that mean this reader.
function named_of(entry, face) {
  return face && mentions(entry, face) ? { named: names_of(entry.from, face) } : {};
}

function quote_of(seq, entry, hides) {
  if (!entry) return { seq, from: '', words: say('earlier_one') };
  if (hides(entry)) return { seq, from: '', words: say('hidden_one') };
  return { seq, from: entry.from, words: entry.kind === 'erased' ? say('removed_one') : quoted(entry.text) };
}
