/// Values by keys in the browser's database, for what is too much for its storage. Where the browser forbids it, nothing is
/// kept. It knows nothing of what it keeps.

const table = 'values';

/// `get(key)`, `set(key, value)`, `remove(key)`, `keys(prefix)`, each a promise. `indexed_db` is the browser's.
export class browser_db {
  #opening = null;

  constructor(name, indexed_db = usable_db()) {
    Object.assign(this, { name, indexed_db });
  }

  get(key) {
    return this.#ask('readonly', (values) => values.get(key));
  }
  set(key, value) {
    return this.#ask('readwrite', (values) => values.put(value, key));
  }
  remove(key) {
    return this.#ask('readwrite', (values) => values.delete(key));
  }
  async keys(prefix) {
    return ((await this.#ask('readonly', (values) => values.getAllKeys())) ?? []).filter((key) => key.startsWith(prefix));
  }

  async #ask(mode, asked) {
    try {
      this.#opening ??= this.#open();
      const db = await this.#opening;
      return await answer(asked(db.transaction(table, mode).objectStore(table)));
    } catch {
      return undefined; // forbidden, full or broken: nothing is kept
    }
  }

  #open() {
    const request = this.indexed_db.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table);
    return answer(request);
  }
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/// To ask for it is forbidden in some browsers, too.
function usable_db() {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
}
