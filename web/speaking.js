/// Has the page speak somebody's language. Tables of other languages than English are loaded when one is chosen.

import { speak } from '../clients/js/src/saying.js';
import { fill_all } from './filling.js';
import { language_of } from './languages.js';

const tables = {
  en: async () => ({}),
  de: async () => (await import('./german.js')).german,
};

/// `root` is the page's root element, `offered()` the browser's languages, `changed()` has the page drawn again.
export class speaking {
  #wanted = 0;
  #spoken = '';

  constructor({ root = document.documentElement, offered = () => navigator.languages, fill = fill_all, changed = () => {} } = {}) {
    Object.assign(this, { root, offered, fill, changed });
  }

  /// `language` is a code or `system`, `clock` is `12`, `24` or `system`. Resolves when the page speaks so; where the language can't
  /// be loaded, it goes on as before.
  async choose({ language, clock }) {
    this.#wanted += 1;
    const wanted = this.#wanted;
    const found = language_of(language, this.offered());
    let sentences;
    try {
      sentences = await tables[found.language]();
    } catch {
      return;
    }
    const manner = JSON.stringify([found, clock]);
    if (wanted !== this.#wanted || manner === this.#spoken) return;
    this.#spoken = manner;
    speak({ sentences, locale: found.locale, hours: Number(clock) || undefined });
    if (this.root.lang !== found.language) {
      Object.assign(this.root, { lang: found.language, dir: found.dir });
      this.fill();
    }
    this.changed();
  }
}
