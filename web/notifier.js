/// The browser's notifications: whether there may be any, and showing them. Pure but for what is passed in.

/// While a page is seen, it holds a lock of that name: so that no other tab calls.
const lock = 'greenroom.seen';

/// `kept` has `get()` and `set(value)`: whether the person wants them on this device. `api` is the browser's `Notification`, or
/// undefined; `locks` its `navigator.locks`. `open(address)` shows the page at that address.
export class notifier {
  #release = null;

  constructor({ kept, open, icon = '', api = globalThis.Notification, locks = globalThis.navigator?.locks }) {
    Object.assign(this, { kept, open, icon, api, locks });
  }

  /// `on`, `off`, `denied` (only the browser's own settings can change that) or `unsupported`.
  get state() {
    if (!this.api) return 'unsupported';
    if (this.api.permission === 'denied') return 'denied';
    return this.api.permission === 'granted' && this.kept.get() ? 'on' : 'off';
  }

  /// The person wants them, or doesn't any more. The browser may ask.
  async choose(wanted) {
    if (wanted && this.api?.permission === 'default') await this.api.requestPermission();
    this.kept.set(Boolean(wanted) && this.api?.permission === 'granted');
  }

  /// Somebody looks at this page, or doesn't any more.
  seen(is_seen) {
    if (!is_seen) {
      this.#release?.();
      this.#release = null;
    } else if (!this.#release && this.locks) {
      const held = new Promise((resolve) => (this.#release = resolve));
      this.locks.request(lock, { mode: 'shared' }, () => held);
    }
  }

  /// `call` as calling.js has it, or null. One of the same tag takes the place of the other: two tabs show it once.
  async show(call) {
    if (!call || this.state !== 'on' || (await this.#is_seen_elsewhere())) return;
    const { title, body, tag, address } = call;
    const shown = new this.api(title, { body, tag, icon: this.icon });
    shown.onclick = () => {
      shown.close();
      this.open(address);
    };
  }

  async #is_seen_elsewhere() {
    const { held = [] } = (await this.locks?.query()) ?? {};
    return held.some(({ name }) => name === lock);
  }
}
