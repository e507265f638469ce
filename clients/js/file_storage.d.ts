import type { Keeps } from './index.js';

/** Storage in a folder, for programs in Node: each value is a file. The folder is made where it is missing. */
export function file_storage(folder: string): Keeps;
