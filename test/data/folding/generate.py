"""Writes random scripts for folding, with what an oracle says of them that looks at the whole log each time."""
import argparse
import random

PEOPLE = ["ann", "bob", "cy"]
MARKS = ["👍", "🎉", "+1"]


def is_words(entry):
    return entry["kind"] in ("text", "notice")


def acts_on(log, target, upto):
    return [each for each in log[:upto] if each["target"] == target and each["kind"] not in ("text", "notice")]


def given(log, target, upto):
    """The (author, mark) of all reactions that stand."""
    standing = set()
    for act in acts_on(log, target, upto):
        if act["kind"] == "react":
            standing.add((act["from"], act["text"]))
        if act["kind"] == "unreact":
            standing.remove((act["from"], act["text"]))
    return standing


def erase_of(log, seq, upto):
    """The seq of the erase that emptied this message or edit by then, or None."""
    entry = log[seq - 1]
    target = entry["target"] if entry["kind"] == "edit" else seq
    return next((each["seq"] for each in acts_on(log, target, upto) if each["kind"] == "erase"), None)


def is_pinned(log, target, upto):
    pins = [each["kind"] for each in acts_on(log, target, upto) if each["kind"] in ("pin", "unpin")]
    return bool(pins) and pins[-1] == "pin"


def random_log(chance):
    log = []
    while len(log) < 18:
        upto, by = len(log), chance.choice(PEOPLE)
        alive = [each["seq"] for each in log if is_words(each) and not erase_of(log, each["seq"], upto)]
        entry = {"seq": upto + 1, "from": by, "kind": "text", "target": None, "text": f"t{upto + 1}"}
        kind = chance.choices(["text", "notice", "edit", "react", "unreact", "pin", "erase"], [4, 1, 4, 7, 3, 2, 1])[0]
        if is_words({"kind": kind}) or not alive:
            entry["kind"] = "notice" if kind == "notice" else "text"
            if alive and chance.random() < 0.3:
                entry["target"] = chance.choice(alive)
        else:
            target = chance.choice(alive)
            entry.update(kind=kind, target=target, text=chance.choice(MARKS) if kind in ("react", "unreact") else None)
            if kind in ("edit", "erase"):
                entry["from"] = log[target - 1]["from"]
            if kind == "edit":
                entry["text"] = f"e{upto + 1}"
            if kind == "pin" and is_pinned(log, target, upto):
                entry["kind"] = "unpin"
            if (kind in ("react", "unreact")) and ((by, entry["text"]) in given(log, target, upto)) != (kind == "unreact"):
                continue
        log.append(entry)
    return log


def written(entry, state=""):
    target = f" >{entry['target']}" if entry["target"] else ""
    text = f' "{entry["text"]}"' if entry["text"] else ""
    return f"{entry['seq']} {entry['from']} {entry['kind']}{target}{text}{state}"


def stands(log, seq, upto):
    """The entry as the log has it when `upto` is the head."""
    entry = dict(log[seq - 1])
    erase = erase_of(log, seq, upto)
    if erase and (is_words(entry) or entry["kind"] == "edit"):
        entry.update(kind="erased", target=erase, text=None)
    return entry


def folded(log, seq, upto, reader):
    """The same with what holds then, as a page has it and as a client should have it."""
    entry, state = stands(log, seq, upto), ""
    if not is_words(entry):
        return written(entry)
    edits = [each for each in acts_on(log, seq, upto) if each["kind"] == "edit"]
    if edits:
        entry["text"] = edits[-1]["text"]
        state += f" edited={edits[-1]['seq']}"
    reactions = given(log, seq, upto)
    for mark in sorted({mark for _, mark in reactions}, key=lambda mark: mark.encode()):
        people = [who for who, what in reactions if what == mark]
        state += f" {mark}*{len(people)}{'+me' if reader in people else ''}"
    return written(entry, state + (" pinned" if is_pinned(log, seq, upto) else ""))


def deliveries(chance, log, first, reader):
    """Pages, replays and live entries that together have everything from `first` on."""
    head = len(log)
    out = [[f"hear {written(log[seq - 1])}"] for seq in range(first, head + 1) if chance.random() < 0.6]
    missed = set(range(first, head + 1)) - {int(each[0].split()[1]) for each in out}
    for _ in range(chance.randint(1, 4)):
        low = chance.randint(first, head)
        high = chance.randint(low, head)
        as_of = chance.randint(high, head)
        if chance.random() < 0.7:
            lines = [f"+ {folded(log, seq, as_of, reader)}" for seq in range(low, high + 1)]
            out.append([f"page {as_of}", *lines])
        else:
            out.append([f"hear {written(stands(log, seq, as_of))}" for seq in range(low, as_of + 1)])
    for seq in sorted(missed):
        as_of = chance.randint(seq, head)
        out.append([f"page {as_of}", f"+ {folded(log, seq, as_of, reader)}"])
    chance.shuffle(out)
    return [line for each in out + chance.choices(out, k=2) for line in each]


def write_case(number, seed):
    chance = random.Random(f"{seed} {number}")
    log, reader = random_log(chance), chance.choice(PEOPLE)
    first = chance.choice([1, 1, 5])
    print(f"= random {number}\nreader {reader}", *deliveries(chance, log, first, reader), sep="\n")
    for entry in log:
        if is_words(entry):
            seq = entry["seq"]
            print(f"expect {seq} absent" if seq < first else f"expect {folded(log, seq, len(log), reader)}")
    print()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    for case in range(1, chosen.cases + 1):
        write_case(case, chosen.seed)
