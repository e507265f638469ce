/// One's own settings on the server: by whom one wants to be written to. It asks; the page draws.

import { plain } from '../clients/js/src/errors.js';

/// `view` says what went wrong, `changed()` has the page drawn again.
export class own_settings {
  /// `everyone`, `shared`, `nobody`; null while that isn't known.
  direct = null;

  constructor({ api, view, changed }) {
    Object.assign(this, { api, view, changed });
  }

  /// Somebody signed in: what was here was another's.
  reset() {
    this.direct = null;
  }

  async load() {
    await this.#done(this.api.own_settings());
  }

  /// What the person chose stands in the page only once the server has it.
  async choose(direct) {
    await this.#done(this.api.change_own_settings({ direct }));
  }

  async #done(answer) {
    try {
      this.direct = (await answer).direct ?? null;
      this.view.settings_fault('');
    } catch (error) {
      this.view.settings_fault(plain(error));
    }
    this.changed();
  }
}

/// Of whom one can choose to be written to.
export const writers = ['everyone', 'shared', 'nobody'];
