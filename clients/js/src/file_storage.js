/// Storage in a folder, for programs in Node: each value is a file, whole or not there, whatever happens meanwhile.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const unfinished = '.new';

/// With the methods of `localStorage`. The folder is made where it is missing, for its owner alone.
export function file_storage(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path_of = (key) => join(folder, encodeURIComponent(key));
  const keys = () => readdirSync(folder).filter((name) => !name.endsWith(unfinished)).map(decodeURIComponent);
  return {
    getItem(key) {
      try {
        return readFileSync(path_of(key), 'utf8');
      } catch {
        return null;
      }
    },
    setItem(key, value) {
      const file = openSync(path_of(key) + unfinished, 'w', 0o600);
      try {
        writeSync(file, value);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(path_of(key) + unfinished, path_of(key));
    },
    removeItem: (key) => rmSync(path_of(key), { force: true }),
    key: (place) => keys()[place] ?? null,
    get length() {
      return keys().length;
    },
  };
}
