/// How the page is on this device: how close the messages stand. Kept with the device. Pure but for the storage.

export const densities = [
  { density: 'cosy', words: 'Roomy: a picture and a line of its own for the author' },
  { density: 'compact', words: 'Compact: many messages on a screen' },
];

export class own_device {
  /// `store` has `get()` and `set(value)`; `apply(density)` changes the page.
  constructor({ store, apply }) {
    Object.assign(this, { store, apply });
    this.apply(this.density);
  }

  get density() {
    const kept = this.store.get()?.density;
    return densities.some(({ density }) => density === kept) ? kept : 'cosy';
  }

  choose(density) {
    this.store.set({ ...this.store.get(), density });
    this.apply(this.density);
  }
}
