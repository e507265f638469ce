/// `@name` in a text: whom it mentions, how it is shown to them, and how the message field completes it. Pure.
///
/// A mention is `@name` at the text's start or after a character that is no letter, digit, `_`, `-`, `.` or `@` of ASCII,
/// whatever the case; `@room` is everybody, where a moderator says it. Nobody mentions themselves. The server's
/// `core/mentions` has the same rule.

import { rank_of } from './permissions.js';

const everybody = 'room';
/// Different names of a text that count.
const most_named = 20;
const named = /(?<![A-Za-z0-9_.@-])@([A-Za-z][A-Za-z0-9_-]{0,31})(?![A-Za-z0-9_-])/g;

/// The names in a text, as `{name, from, to}`: the places are those of `@` and of what follows the name.
export function named_in(text) {
  const found = [];
  const counted = new Set();
  for (const { 0: whole, 1: name, index } of text.matchAll(named)) {
    if (counted.size === most_named && !counted.has(name.toLowerCase())) continue;
    counted.add(name.toLowerCase());
    found.push({ name, from: index, to: index + whole.length });
  }
  return found;
}

/// Whether an entry, somebody's words, mentions the reader whose `face` of the room this is.
export function mentions({ from, text }, face) {
  const names = names_of(from, face);
  return text.includes('@') && named_in(text).some(({ name }) => names.some((each) => same(each, name)));
}

/// What stands for the reader in the words of `from`: their name, `room`, or nothing in their own.
export function names_of(from, face) {
  if (same(from, face.me)) return [];
  return rank_of(face.role_of(from)) >= rank_of('moderator') ? [face.me, everybody] : [face.me];
}

/// A text in parts, `{text}` or `{text, named: true}` where it mentions one of `names`.
export function with_names(text, names) {
  const parts = [];
  let done = 0;
  for (const { name, from, to } of named_in(text)) {
    if (!names.some((each) => same(each, name))) continue;
    if (from > done) parts.push({ text: text.slice(done, from) });
    parts.push({ text: text.slice(from, to), named: true });
    done = to;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

// ---- completing --------------------------------------------------------------------------------------------------------

const most_offered = 8;

/// The beginning of a name before the caret, as `{from, begun}`, or null: `from` is the place of its `@`.
export function begun_before(text, caret) {
  const found = text.slice(0, caret).match(/(?<![A-Za-z0-9_.@-])@([A-Za-z][A-Za-z0-9_-]{0,31})?$/);
  return found && !/^[A-Za-z0-9_-]/.test(text.slice(caret)) ? { from: found.index, begun: found[1] ?? '' } : null;
}

/// The names to offer for that beginning, in the order in which they are given, each once, and never `me`. None where
/// the only one is written out already.
export function offers(begun, names, me) {
  const key = begun.toLowerCase();
  const all = new Map(names.map((name) => [name.toLowerCase(), name]));
  all.delete(me.toLowerCase());
  const found = [...all].filter(([each]) => each.startsWith(key)).slice(0, most_offered);
  return found.length === 1 && found[0][0] === key ? [] : found.map(([, name]) => name);
}

/// The text with that name in the place of its beginning, and where the caret is then.
export function completed(text, caret, { from }, name) {
  const before = `${text.slice(0, from)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length };
}

function same(a, b) {
  return a.toLowerCase() === b.toLowerCase();
}
