/// emoji.mjs PACKAGE > ../emoji_data.js: makes the table of emoji, of the unpacked npm package emojibase-data. Not part of the
/// build: it is for a new version of that package.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name) => JSON.parse(readFileSync(join(process.argv[2], name), 'utf8'));
const names = [read('en/shortcodes/github.json'), read('en/shortcodes/emojibase.json')];
const component = 2;
const width = 130;
const { version } = read('package.json');

function name_of(hexcode) {
  const found = names.map((all) => all[hexcode]).find(Boolean);
  return Array.isArray(found) ? found[0] : found;
}

/// As keyboards write it: the sign for colour is only where a sign would be without it.
function plain(unicode) {
  return unicode.replace(/(\p{Emoji_Presentation})\ufe0f/gu, '$1');
}

const emoji = read('en/compact.json')
  .filter(({ group }) => group !== undefined && group !== component)
  .sort((a, b) => a.order - b.order);

console.log(`/// Emoji and their names, by group: emojibase-data ${version}, MIT licence, (c) 2017-2019 Miles Johnson, made of data of Unicode. Made
/// by tools/emoji.mjs: not to be edited.

export const groups = [`);
for (const { order } of read('en/messages.json').groups) {
  if (order === component) continue;
  const words = emoji.filter(({ group }) => group === order).map(({ hexcode, unicode }) => `${plain(unicode)} ${name_of(hexcode)}`);
  const lines = [''];
  for (const each of words) {
    if (lines.at(-1).length + each.length > width) lines.push('');
    lines[lines.length - 1] += `${each}|`;
  }
  console.log('  {\n    emoji:');
  console.log(`${lines.map((line) => `      ${JSON.stringify(line)}`).join(' +\n')},\n  },`);
}
console.log('];');
