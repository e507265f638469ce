/// What people are told, in their language: code names a sentence by its key, and a table of the language has it. English unless
/// somebody chooses another one, so programs hear English. Pure.

import { english } from './english.js';

const known = { ...english };
const manner = { sentences: {}, locale: undefined, hours: undefined };
let turn = 0;

/// Adds sentences in English: a part of the page brings its own.
export function teach(sentences) {
  Object.assign(known, sentences);
}

/// Another way of speaking from now on. `sentences` is a language's table, where a key is missing there it is said in English;
/// `locale` a BCP 47 tag for dates and numbers, undefined for the machine's; `hours` 12 or 24, undefined for the locale's.
export function speak({ sentences = {}, locale, hours }) {
  Object.assign(manner, { sentences, locale, hours });
  turn += 1;
}

/// Another number for each way of speaking, so that what was made in the last one is known as such.
export function manner_now() {
  return turn;
}

/// Keeps what `make({locale, hourCycle})` makes as long as one speaks so: to make a format takes longer than all that is done
/// with it.
export function kept(make) {
  let [made, made_in] = [null, -1];
  return () => {
    if (made_in !== turn) {
      made = make({ locale: manner.locale, hourCycle: { 12: 'h12', 24: 'h23' }[manner.hours] });
      made_in = turn;
    }
    return made;
  };
}

const plurals = kept(({ locale }) => new Intl.PluralRules(locale));
const numbers = kept(({ locale }) => new Intl.NumberFormat(locale));

/// A number as people write it: `1,234`.
export function number_words(n) {
  return numbers().format(n);
}

/// Whether there is a sentence of that key.
export function can_say(key) {
  return Object.hasOwn(known, key);
}

/// The sentence of that key, `{name}` in it being `values.name`. Where it has forms for numbers, `{one, other}`, that of
/// `values.n` is said.
export function say(key, values = {}) {
  const found = manner.sentences[key] ?? known[key] ?? key;
  const form = typeof found === 'string' ? found : (found[plurals().select(values.n)] ?? found.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === 'number' ? number_words(values[name]) : (values[name] ?? '')));
}
