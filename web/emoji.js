/// Emoji by their names: finding them, and `:name:` in a text. Pure; the table is emoji_data.js, which is loaded when it is
/// first used.

const most_offered = 8;
const shortest = 2;

/// All emoji of the table, as `{sign, name, group}`.
export function all_emoji(groups) {
  return groups.flatMap(({ emoji }, group) =>
    emoji
      .split('|')
      .filter(Boolean)
      .map((each) => ({ sign: each.slice(0, each.indexOf(' ')), name: each.slice(each.indexOf(' ') + 1), group })),
  );
}

/// Those whose names fit, the best first: a name that begins so, a word in it that does, a part of it.
export function found_emoji(all, wanted, most = most_offered) {
  const words = wanted.trim().toLowerCase().replace(/[\s-]+/g, '_');
  if (!words) return [];
  const place = (name) => (name === words ? 0 : name.startsWith(words) ? 1 : name.includes(`_${words}`) ? 2 : name.includes(words) ? 3 : 4);
  return all
    .map((each) => ({ each, at: each.sign === wanted.trim() ? 0 : place(each.name) }))
    .filter(({ at }) => at < 4)
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ each }) => each);
}

/// The beginning of an emoji's name before the caret, as `{from, begun}`, or null: `from` is the place of its `:`.
export function emoji_begun(text, caret) {
  const found = text.slice(0, caret).match(/(?<![\p{L}\p{N}:/_-]):([A-Za-z0-9_+-]{2,32})$/u);
  return found && found[1].length >= shortest && !/^[A-Za-z0-9_:]/.test(text.slice(caret)) ? { from: found.index, begun: found[1] } : null;
}

/// The text with that sign in the place of what is begun, and where the caret is then.
export function with_emoji(text, caret, { from }, sign) {
  const before = `${text.slice(0, from)}${sign} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}

/// A name that was written out just now, `:smile:`, as `{text, caret}` with its sign in the place of it; or null.
export function emoji_finished(text, caret, all) {
  const found = text.slice(0, caret).match(/(?<![\p{L}\p{N}:/_-]):([A-Za-z0-9_+-]{1,32}):$/u);
  const sign = found && all.find(({ name }) => name === found[1].toLowerCase())?.sign;
  if (!sign) return null;
  const before = text.slice(0, found.index) + sign;
  return { text: before + text.slice(caret), caret: before.length };
}

const most_recent = 16;

/// The signs that were used last, the last one first.
export function with_recent(recent, sign) {
  return [sign, ...recent.filter((each) => each !== sign)].slice(0, most_recent);
}
