"""Judges what clients saw of one room against its log: nothing acknowledged is lost, nothing is there twice, in another
order or in another place."""

import collections

from entries import SAID, WORDS, Entry, Gap, sentence  # noqa: F401 - Entry: for those who have a log to judge
from folding import PLAIN, Oracle
from history import Ack, History, Join, Page, Sent, Violation, person_of  # noqa: F401
from irc_judge import wrong_showings
from rights import misdeeds

RECOVERABLE = 500  # so many missed messages a join brings
STALE = 2.0        # seconds for which a join may be answered by an owner that has lost the room


def violations(history, log, others=None, founding=None):
    """All that is wrong; empty if all is well. `log`: the room's entries at the end; `others`: {where read: a Page that has
    all of them}; `founding`: how the room was before the first of them, to judge who may do what."""
    found = list(history.flaws)
    oracle = Oracle(history.as_it_was(log))
    for where, other in (others or {}).items():
        found += _difference(where, other, log, oracle)
    found += _wrong_log(history, log)
    found += _wrong_acknowledgements(history, {history.key_of(entry): entry.seq for entry in log})
    found += _wrong_times(history)
    found += _wrong_joins(history)
    for run in history.runs:
        found += _wrong_run(run, log, oracle)
    for page in history.pages:
        found += _wrong_page(history, page, log, oracle)
    found += [_other_words(f"an answer to {who}", entry, log) for who, entry in history.answers
              if not _was_in(entry, log, oracle, entry.seq)]
    found += wrong_showings(history, log)
    found += _never_got(history, log) + _wrong_erasures(log, oracle) + _wrong_foldings(history, oracle)
    return found + (misdeeds(history, log, founding) if founding else [])


def _difference(where, page, log, oracle):
    if len(page.entries) != len(log):
        return [Violation("disagreement", f"{where} has {len(page.entries)} entries instead of {len(log)}",
                          (min(len(page.entries), len(log)) + 1,))]
    return _other_state(where, page, len(log), oracle)[:1]


def _other_state(where, page, as_of, oracle):
    """A page has every message as the entries up to `as_of` made it, and no other."""
    found = []
    for entry, state in zip(page.entries, page.states or [PLAIN] * len(page.entries)):
        if not 1 <= entry.seq <= len(oracle.log):
            found.append(_other_words(where, entry, oracle.log))
            continue
        wanted, holds = oracle.folded(entry.seq, as_of, person_of(page.listener))
        if not _same(entry, wanted):
            found.append(_other_words(where, entry, [*oracle.log[:entry.seq - 1], wanted]))
        elif state != holds:
            found.append(Violation("misfolded", f"{where} has {state} of {entry.seq} as of {as_of}, where it is {holds}",
                                   (entry.seq,)))
    return found


def _wrong_foldings(history, oracle):
    """What a client made of all that it was told, in whatever order, is what the log says."""
    found = []
    for listener, folding in history.folded.items():
        if history.present is not None and listener not in history.present:
            continue
        for seq in folding.seqs():
            if not 1 <= seq <= len(oracle.log) or oracle.log[seq - 1].kind not in WORDS:
                continue  # an edit that is erased
            (entry, state), (wanted, holds) = folding.find(seq), oracle.folded(seq, len(oracle.log), person_of(listener))
            if state != holds or not _same(entry, wanted):
                found.append(Violation("misfolded", f"{listener} has {_told(entry)} with {state}, where it is {_told(wanted)} "
                                       f"with {holds}", (seq,)))
    return found[:5]


def _is_in(entry, log):
    return 1 <= entry.seq <= len(log) and _same(entry, log[entry.seq - 1])


def _same(one, other):
    """But for ids, which only authors are told, and times where they aren't known."""
    return (one.seq, one.author, one.text, one.kind, one.about) == (
        other.seq, other.author, other.text, other.kind, other.about) and (not one.at or not other.at or one.at == other.at)


def _was_in(entry, log, oracle, head):
    """Whether it is in the log, or was what the log has erased, after `head`."""
    if _is_in(entry, log):
        return True
    there = log[entry.seq - 1] if 1 <= entry.seq <= len(log) else None
    if there is None or there.kind != "erased":
        return False
    return _same(entry, oracle.log[entry.seq - 1]) and head < there.target


def _other_words(where, entry, log):
    there = log[entry.seq - 1] if 1 <= entry.seq <= len(log) else None
    return Violation("disagreement", f"{where} has {_told(entry)} where the log has {there and _told(there)}", (entry.seq,),
                     (entry.text,) + ((there.text,) if there else ()))


def _told(entry):
    return entry[:3] if entry.kind == "text" else (*entry[:3], entry.kind, entry.about)


def _wrong_log(history, log):
    found = [Violation("hole", f"the log has {entry.seq} at place {place}", (place, entry.seq))
             for place, entry in enumerate(log, 1) if entry.seq != place][:1]
    for key, times in collections.Counter(map(history.key_of, log)).items():
        if times > 1:
            found.append(Violation("duplicate", f"stored {times} times: {key}", (), (key,)))
    ids = collections.Counter((entry.author, entry.id) for entry in log if entry.id is not None)
    found += [Violation("duplicate", f"{author}'s id {id} is stored {times} times")
              for (author, id), times in ids.items() if times > 1]
    for entry in log:
        key = history.key_of(entry)
        sent = history.sent.get(key)
        if sent is None:
            found.append(Violation("phantom", f"never sent, but stored: {key}", (entry.seq,), (key,)))
        elif key in history.refused:
            found.append(Violation("phantom", f"refused, but stored: {key}", (entry.seq,), (key,)))
        elif sent.author not in (None, entry.author) or (entry.id is not None and sent.id not in (None, entry.id)):
            found.append(Violation("disagreement", f"{entry} was sent as {sent}", (entry.seq,), (key,)))
        elif entry.kind != "erased" and _wanted(sent) != _done(entry):
            found.append(Violation("disagreement", f"{_done(entry)} was sent as {_wanted(sent)}", (entry.seq,), (key,)))
    return found


def _wanted(sent):
    act = sent.act or {"kind": "text"}
    words = {"text": sentence(act["kind"], None, act["text"], None)} if "text" in act else {}
    return {name: value for name, value in {**act, **words}.items() if value != ""}


def _done(entry):
    words = {"text": entry.text} if entry.kind in (*WORDS, *SAID) and entry.kind != "text" else {}
    return {"kind": entry.kind, **(entry.about or {}), **words}


def _wrong_erasures(log, oracle):
    """What is erased is erased by one entry, which names it, or of which it is an edit; and the room's log doesn't know the
    words any more."""
    found, erased = [], {}
    for entry in log:
        if entry.kind == "erase":
            target = entry.target
            there = log[target - 1] if 1 <= target <= len(log) else None
            if there is None or there.kind != "erased" or there.text != "(removed)":
                found.append(Violation("unerased", f"{entry.seq} erased {target}, which is {there and _told(there)}",
                                       (entry.seq, target)))
            erased[target] = entry.seq
    for entry, before in zip(log, oracle.log):
        by = erased.get(before.target if before.kind == "edit" else entry.seq)
        if entry.kind == "erased" and (entry.about or {}) != {"target": by}:
            found.append(Violation("unerased", f"{entry.seq} is erased by {entry.about}, not {by}", (entry.seq,)))
        if entry.kind == "edit" and by:
            found.append(Violation("unerased", f"{entry.seq} edits what {by} erased: {_told(entry)}", (entry.seq, by)))
    return found


def _wrong_acknowledgements(history, place):
    found = []
    for text, seq, _ in history.acked:
        if text not in place:
            found.append(Violation("lost", f"acknowledged as {seq}, but not stored: {text}", (seq,), (text,)))
        elif place[text] != seq:
            found.append(Violation("moved", f"acknowledged as {seq}, but stored as {place[text]}: {text}",
                                   (seq, place[text]), (text,)))
    return found


def first_acks(history):
    """{text: Ack}, the first one of each."""
    first = {}
    for ack in history.acked:
        if ack.text not in first or ack.when < first[ack.text].when:
            first[ack.text] = ack
    return first


def _wrong_times(history):
    """A message that was acknowledged before another was sent precedes it."""
    first = first_acks(history)
    acks = sorted((ack.when, ack.seq, ack.text) for ack in first.values())
    sends = sorted((history.sent[ack.text].when, ack.seq, ack.text) for ack in first.values() if ack.text in history.sent)
    found, highest, at = [], (0, ""), 0
    for sent, seq, text in sends:
        while at < len(acks) and acks[at][0] < sent:
            highest = max(highest, acks[at][1:])
            at += 1
        if seq < highest[0]:
            found.append(Violation("reorder", f"{text} is {seq}, but was sent when {highest[1]} was already {highest[0]}",
                                   (seq, highest[0]), (text, highest[1])))
    return found


def _wrong_joins(history):
    found = []
    acks = sorted((ack.when, ack.seq) for ack in history.acked)
    highest, at = 0, 0
    for join in sorted(history.joins, key=lambda join: join.asked):
        while at < len(acks) and acks[at][0] < join.asked - STALE:
            highest = max(highest, acks[at][1])
            at += 1
        if join.head < highest:
            found.append(Violation("stale", f"{join} when {highest} was acknowledged {STALE} s before", (join.head, highest)))
        if join.known is not None and join.generation != join.known:
            found.append(Violation("generation", f"{join}: the room's log became another one"))
        elif join.known is not None and not join.recovered and join.head - join.after <= RECOVERABLE:
            found.append(Violation("unrecovered", f"{join}: so little is always brought", (join.after, join.head)))
    return found


def _wrong_run(run, log, oracle):
    found, expected, heard = [], run.after + 1, set()
    for item in run.items:
        seq = item[0]
        if seq != expected:
            word = "duplicate" if seq in heard else "hole" if seq > expected else "reorder"
            found.append(Violation(word, f"{run.listener} heard {item} where {expected} follows", (seq, expected)))
        if isinstance(item, Gap):
            expected = item.last + 1
            continue
        heard.add(seq)
        expected = seq + 1
        # What a join brings is as the log was at its head.
        if not _was_in(item, log, oracle, max(seq, run.head if seq <= run.head else 0)):
            found.append(_other_words(run.listener, item, log))
    return found[:5]


def _wrong_page(history, page, log, oracle):
    """A page is as the log was at `as_of`, and that is no earlier than what was acknowledged before it was asked for."""
    found, where = [], f"a page for {page.listener}"
    known = max((ack.seq for ack in history.acked if page.asked is not None and ack.when < page.asked), default=0)
    if page.as_of is not None and page.as_of < known:
        found.append(Violation("stale", f"{where} is as of {page.as_of} when {known} was acknowledged", (page.as_of, known)))
    if page.as_of is not None and page.states is not None:
        return found + _other_state(where, page, page.as_of, oracle)
    head = max(known, page.as_of or 0)
    return found + [_other_words(where, entry, log) for entry in page.entries
                    if not _was_in(entry, log, oracle, max(head, entry.seq))]


def _never_got(history, log):
    """Everybody who came to the room, and may stay, has everything after that, by stream or by page."""
    first, got = {}, collections.defaultdict(set)
    for join in history.joins:
        first.setdefault(join.listener, join.head)
    for run in history.runs:
        got[run.listener].update(item.seq for item in run.items if not isinstance(item, Gap))
    for page in history.pages:
        got[page.listener].update(entry.seq for entry in page.entries)
    found = []
    for listener, after in first.items():
        missing = set(range(after + 1, len(log) + 1)) - got[listener]
        if missing and (history.present is None or listener in history.present):
            found.append(Violation("hole", f"{listener} never got {sorted(missing)[:20]}", tuple(sorted(missing)[:20])))
    return found
