"""Writes random scripts for folding, with what an oracle says of them that looks at the whole log each time."""
import argparse
import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "chaos"))
from entries import WORDS, Entry  # noqa: E402
from folding import PLAIN, Oracle  # noqa: E402

PEOPLE = ["ann", "bob", "cy"]
MARKS = ["👍", "🎉", "+1"]


def random_log(chance):
    log = []
    while len(log) < 18:
        upto, by, oracle = len(log), chance.choice(PEOPLE), Oracle(log)
        alive = [each.seq for each in log if each.kind in WORDS and not oracle.erase_of(each.seq, upto)]
        kind = chance.choices(["text", "notice", "edit", "react", "unreact", "pin", "erase"], [4, 1, 4, 7, 3, 2, 1])[0]
        target, text = None, ""
        if kind in WORDS or not alive:
            kind, text = "notice" if kind == "notice" else "text", f"t{upto + 1}"
            if alive and chance.random() < 0.3:
                target = chance.choice(alive)
        else:
            target = chance.choice(alive)
            text = chance.choice(MARKS) if kind in ("react", "unreact") else f"e{upto + 1}" if kind == "edit" else ""
            if kind in ("edit", "erase"):
                by = log[target - 1].author
            if kind == "pin" and oracle.is_pinned(target, upto):
                kind = "unpin"
            if kind in ("react", "unreact") and (by in oracle.given(target, upto)[text]) != (kind == "unreact"):
                continue
        log.append(Entry(upto + 1, by, text, None, kind, {"target": target} if target else None))
    return log


def written(entry, state=PLAIN):
    words = [str(entry.seq), entry.author, entry.kind]
    if entry.target:
        words.append(f">{entry.target}")
    if entry.text and entry.kind != "erased":
        words.append(f'"{entry.text}"')
    if state.edited:
        words.append(f"edited={state.edited}")
    words += [f"{mark}*{many}{'+me' if mine else ''}" for mark, many, mine in state.reactions]
    return " ".join(words + ["pinned"] * state.pinned)


def deliveries(chance, log, oracle, first, reader):
    """Pages, replays and live entries that together have everything from `first` on."""
    def folded(seq, as_of):
        return written(*oracle.folded(seq, as_of, reader))

    head = len(log)
    out = [[f"hear {written(log[seq - 1])}"] for seq in range(first, head + 1) if chance.random() < 0.6]
    missed = set(range(first, head + 1)) - {int(each[0].split()[1]) for each in out}
    for _ in range(chance.randint(1, 4)):
        low = chance.randint(first, head)
        high = chance.randint(low, head)
        as_of = chance.randint(high, head)
        if chance.random() < 0.7:
            lines = [f"+ {folded(seq, as_of)}" for seq in range(low, high + 1)]
            out.append([f"page {as_of}", *lines])
        else:
            out.append([f"hear {written(oracle.stands(seq, as_of))}" for seq in range(low, as_of + 1)])
    for seq in sorted(missed):
        as_of = chance.randint(seq, head)
        out.append([f"page {as_of}", f"+ {folded(seq, as_of)}"])
    chance.shuffle(out)
    return [line for each in out + chance.choices(out, k=2) for line in each]


def write_case(number, seed):
    chance = random.Random(f"{seed} {number}")
    log = random_log(chance)
    oracle, reader = Oracle(log), chance.choice(PEOPLE)
    first = chance.choice([1, 1, 5])
    print(f"= random {number}\nreader {reader}", *deliveries(chance, log, oracle, first, reader), sep="\n")
    for entry in log:
        if entry.kind in WORDS:
            seq = entry.seq
            now = written(*oracle.folded(seq, len(log), reader))
            print(f"expect {seq} absent" if seq < first else f"expect {now}")
    print()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    for case in range(1, chosen.cases + 1):
        write_case(case, chosen.seed)
