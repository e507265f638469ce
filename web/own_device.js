/// How the page is on this device, as its person likes it. Kept with the device. Pure but for the storage.

import { languages } from './languages.js';

/// What can be chosen.
export const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['cosy', 'compact'],
  size: ['87.5', '100', '112.5', '125'],
  clock: ['system', '12', '24'],
  language: ['system', ...Object.keys(languages)],
};
/// What is so as long as nobody has chosen.
const usual = { theme: 'system', density: 'cosy', size: '100', clock: 'system', language: 'system' };

export class own_device {
  /// `store` has `get()` and `set(value)`; `apply(chosen)`, with a value for each of the choices, changes the page.
  constructor({ store, apply }) {
    Object.assign(this, { store, apply });
    this.heard();
  }

  /// By name, what is so.
  get chosen() {
    const kept = this.store.get();
    return Object.fromEntries(
      Object.entries(choices).map(([name, values]) => [name, values.includes(kept?.[name]) ? kept[name] : usual[name]]),
    );
  }

  choose(name, value) {
    this.store.set({ ...this.store.get(), [name]: value });
    this.heard();
  }

  /// It may be another thing now: somebody chose here, or in another tab.
  heard() {
    this.apply(this.chosen);
  }
}
