/// A part of the page that is loaded when it is first used. Pure but for `load`.

/// `load()` resolves to the part, `failed()` is called where it can't be loaded now: the next time it is tried again.
export class later {
  #loading = null;
  /// The part, null as long as nobody has used it.
  here = null;

  constructor(load, { failed = () => {} } = {}) {
    Object.assign(this, { load, failed });
  }

  /// Loads it before it is used; where it can't be, nobody need know.
  async ahead() {
    try {
      this.#loading ??= this.load();
      this.here = await this.#loading;
    } catch {
      this.#loading = null;
    }
  }

  /// Resolves to the part, or to null.
  async get() {
    try {
      this.#loading ??= this.load();
      this.here = await this.#loading;
      return this.here;
    } catch {
      this.#loading = null;
      this.failed();
      return null;
    }
  }
}
