/// Listeners by the names of events.

export class events {
  #listeners = new Map();

  /// Returns a function that ends it.
  on(name, listener) {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(listener));
    return () => all.delete(listener);
  }

  /// What a listener throws is an uncaught error of the program, and keeps nothing else from being done.
  emit(name, ...what) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(...what);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
