/// What people mean by signs in their texts: `code`, fences, **bold**, *italic*, ~~struck~~, ||spoilers||, quotes, lists. It
/// makes a tree, of which the page makes elements: never HTML. Signs that go with nothing are shown as they were written. Pure.
///
/// There are no escapes: what is to be shown as it stands goes between backticks. A sign only begins something in front of a
/// word, and only ends it behind one, so that `2*3*4`, `snake_case` and `¯\_(ツ)_/¯` stay what they are.

import { with_links } from './links.js';

const deepest = 4;
const marks = [
  { sign: '**', type: 'bold' },
  { sign: '__', type: 'bold' },
  { sign: '~~', type: 'strike' },
  { sign: '||', type: 'spoiler' },
  { sign: '*', type: 'italic' },
  { sign: '_', type: 'italic' },
];

/// Whether there may be anything in a text that isn't shown as it was written.
export function may_be_marked(text) {
  return /[`*_~|]|^(?:> ?|- |\d{1,3}[.)] )/m.test(text);
}

/// The blocks of a text, in order:
///
/// | `type`  |                                                                               |
/// |---------|-------------------------------------------------------------------------------|
/// | `text`  | `parts`; lines end with a newline sign                                        |
/// | `code`  | `text` as it stands, and its `language`, perhaps ''                           |
/// | `quote` | `blocks`                                                                      |
/// | `list`  | `items`, each with `parts`; `start`: the first number, 0 where there are none |
///
/// A part is `{text}`, `{text, href}`, `{code}`, or `{type, parts}` with `bold`, `italic`, `strike`, `spoiler`.
export function blocks_of(text, depth = 0) {
  const lines = text.split('\n');
  const blocks = [];
  let words = [];
  const end_words = () => {
    if (words.length) blocks.push({ type: 'text', parts: parts_of(words.join('\n')) });
    words = [];
  };
  for (let at = 0; at < lines.length; ) {
    const found = fence(lines, at) ?? (depth < deepest ? quote(lines, at, depth) : null) ?? list(lines, at);
    if (found) {
      end_words();
      blocks.push(found.block);
      at = found.next;
    } else {
      words.push(lines[at]);
      at += 1;
    }
  }
  end_words();
  return blocks;
}

function fence(lines, at) {
  const [, language] = lines[at].match(/^```([\w+#.-]{0,20})\s*$/) ?? [];
  if (language === undefined) return null;
  const end = lines.findIndex((line, place) => place > at && /^```\s*$/.test(line));
  if (end < 0) return null;
  return { block: { type: 'code', language, text: lines.slice(at + 1, end).join('\n') }, next: end + 1 };
}

function quote(lines, at, depth) {
  const next = behind(lines, at, /^>(?: |$)/);
  if (next === at) return null;
  const inner = lines.slice(at, next).map((line) => line.slice(2));
  return { block: { type: 'quote', blocks: blocks_of(inner.join('\n'), depth + 1) }, next };
}

function list(lines, at) {
  const [, sign, number] = lines[at].match(/^(?:([-*]) |(\d{1,3})[.)] )\S/) ?? [];
  if (sign === undefined && number === undefined) return null;
  const each = sign === undefined ? /^\d{1,3}[.)] (?=\S)/ : /^[-*] (?=\S)/;
  const next = behind(lines, at, each);
  const items = lines.slice(at, next).map((line) => ({ parts: parts_of(line.replace(each, '')) }));
  return { block: { type: 'list', start: Number(number ?? 0), items }, next };
}

/// The place behind the lines that fit.
function behind(lines, at, pattern) {
  let next = at;
  while (next < lines.length && pattern.test(lines[next])) next += 1;
  return next;
}

/// The parts of a text without blocks.
export function parts_of(text, depth = 0) {
  const parts = [];
  let from = 0;
  const put = (part, place, next) => {
    if (place > from) parts.push({ text: text.slice(from, place) });
    parts.push(part);
    from = next;
  };
  const links = places_of_links(text);
  const open_until = new Map();
  for (let at = 0; at < text.length; ) {
    const link = links.get(at);
    if (link) {
      put(link, at, at + link.text.length);
      at = from;
      continue;
    }
    const found = code(text, at) ?? (depth < deepest ? marked(text, at, links, open_until, depth) : null);
    if (found) {
      put(found.part, at, found.next);
      at = from;
    } else at += text[at] === '`' ? text.slice(at).match(/^`+/)[0].length : 1;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/// Addresses by the places where they begin: signs in them are part of them.
function places_of_links(text) {
  const places = new Map();
  let at = 0;
  for (const part of text.includes(':') || /www\./i.test(text) ? with_links(text) : []) {
    if (part.href) places.set(at, part);
    at += part.text.length;
  }
  return places;
}

function code(text, at) {
  if (text[at] !== '`') return null;
  const [ticks] = text.slice(at).match(/^`+/);
  let end = at + ticks.length;
  for (;;) {
    end = text.indexOf(ticks, end);
    if (end < 0) return null;
    if (text[end + ticks.length] !== '`' && text[end - 1] !== '`') break;
    end += ticks.length;
  }
  const inner = text.slice(at + ticks.length, end);
  const said = ticks.length > 1 ? inner.replace(/^ (.*) $/s, '$1') : inner;
  return said.trim() ? { part: { code: said }, next: end + ticks.length } : null;
}

/// `open_until`: by sign, the place up to which nothing ends it, as far as that was looked for.
function marked(text, at, links, open_until, depth) {
  const mark = marks.find(({ sign }) => text.startsWith(sign, at));
  if (!mark || at < (open_until.get(mark.sign) ?? 0) || !begins(text, at, mark.sign)) return null;
  const { sign, type } = mark;
  let end = at + sign.length;
  for (; end < text.length && !text.startsWith('\n\n', end); end += 1) {
    const link = links.get(end);
    const span = link ? { next: end + link.text.length } : code(text, end);
    if (span) end = span.next - 1;
    else if (ends(text, at, end, sign))
      return { part: { type, parts: parts_of(text.slice(at + sign.length, end), depth + 1) }, next: end + sign.length };
  }
  open_until.set(sign, end);
  return null;
}

const is_word = (sign) => sign !== undefined && /[\p{L}\p{N}\\]/u.test(sign);
const is_gap = (sign) => sign === undefined || /\s/.test(sign);

function begins(text, at, sign) {
  const next = text[at + sign.length];
  return !is_word(text[at - 1]) && text[at - 1] !== sign[0] && !is_gap(next) && next !== sign[0];
}

function ends(text, from, at, sign) {
  if (at <= from + sign.length || !text.startsWith(sign, at) || is_gap(text[at - 1])) return false;
  const next = text[at + sign.length];
  // Of `***` the last two end what began with two.
  return !is_word(next) && next !== sign[0];
}
