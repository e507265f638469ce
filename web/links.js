/// The addresses in a text. Pure.

/// An address ends at a blank, a quotation mark, at what no address is written with (zero-width and direction signs), and at
/// the punctuation of Chinese and Japanese.
const address = /(?<![\p{L}\p{N}_@])(?:https?:\/\/|www\.(?=[\p{L}\p{N}-]+\.))[^\s<>"“”„«»\u200b-\u200f\u2028-\u202e\u2060\ufeff、。，！？；：（）「」『』【】]+/giu;
const closing = { ')': '(', ']': '[', '}': '{' };

/// A text in parts, `{text}` or `{text, href}`: only absolute http and https addresses are links, and those that begin with
/// `www.`.
export function with_links(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(address)) {
    const said = without_tail(found[0]);
    const href = /^www\./i.test(said) ? `https://${said}` : said;
    if (!parses(href)) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: said, href });
    from = found.index + said.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/// Punctuation at the end is the sentence's, and so is a bracket that wasn't opened in the address.
function without_tail(said) {
  let rest = said;
  for (;;) {
    const last = rest.at(-1) ?? '';
    const [opened, closed] = [closing[last], last].map((sign) => rest.split(sign).length);
    if (!/[.,;:!?'’*]/.test(last) && !(closing[last] && closed > opened)) return rest;
    rest = rest.slice(0, -1);
  }
}

function parses(href) {
  try {
    return Boolean(new URL(href));
  } catch {
    return false;
  }
}
