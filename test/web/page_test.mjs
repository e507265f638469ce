import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const web = new URL('../../web/', import.meta.url);
const read = (name) => readFileSync(new URL(name, web), 'utf8');
const page = read('index.html');
const modules = readdirSync(web).filter((name) => name.endsWith('.js'));
const panels = modules.filter((name) => /view|panel/.test(name));
const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);

test('Page: nothing in it needs more than default-src self', () => {
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/, 'no inline script');
  assert.doesNotMatch(page, /<style|\sstyle=/, 'no inline style');
  assert.doesNotMatch(page, /\son\w+=/, 'no inline handler');
  assert.doesNotMatch(page + read('style.css'), /(?:src|href)="https?:|url\(|@import/, 'nothing from elsewhere');
});

test('Page: text is only ever set as text', () => {
  for (const name of modules) {
    assert.doesNotMatch(
      read(name),
      /innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('style'/,
      name,
    );
  }
});

test('Page: every id is there once, and every one that the code or a label names is there', () => {
  assert.equal(new Set(ids).size, ids.length);
  const code = modules.map(read).join('');
  const named = [...code.matchAll(/by_id\('([^']+)'\)/g)].map(([, id]) => id);
  const labels = [...page.matchAll(/(?:for|aria-controls|aria-labelledby|aria-describedby)="([^"]+)"/g)].flatMap(
    ([, list]) => list.split(' '),
  );
  const icons = [...page.matchAll(/<use href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of [...named, ...labels, ...icons]) assert.ok(ids.includes(id), `#${id}`);
});

test('Page: every field and every button has a name', () => {
  for (const [field, id] of page.matchAll(/<(?:input|select|textarea)[^>]*\sid="([^"]+)"[^>]*>/g)) {
    const wrapped = new RegExp(`<label[^>]*><input id="${id}"`).test(page);
    assert.ok(wrapped || page.includes(`for="${id}"`) || field.includes('aria-label='), id);
  }
  for (const [whole, attributes, content] of page.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)) {
    const words = content.replace(/<[^>]*>/g, '').trim();
    assert.ok(words || attributes.includes('aria-label=') || /id="(ask-yes|banner-action)"/.test(attributes), whole);
  }
});

test('Page: whatever the banner offers, and the panels ask for, is done', () => {
  const [, handled] = read('main.js').match(/\{ (leave,.*) \}\[does\]/);
  for (const [, does] of read('banner.js').matchAll(/does: '(\w+)'/g)) assert.ok(handled.includes(does), does);
  const acts = read('main.js').match(/new page\(\{(.*?)\n\}\)/s)[1];
  for (const [, act] of panels.map(read).join('').matchAll(/acts\.(\w+)\(/g))
    assert.match(acts, new RegExp(`^  ${act}[,:]`, 'm'), act);
});

test('Page: every icon that the code names is there', () => {
  for (const name of modules) {
    for (const [, symbol] of read(name).matchAll(/icon\('([a-z]+)'\)/g))
      assert.ok(ids.includes(`icon-${symbol}`), symbol);
  }
});

test('Modules: import only those further down in this list, so that there is no circle', () => {
  const order = [
    'main',
    'gate',
    'catalog',
    'own_rooms',
    'contacts',
    'account',
    'invitation',
    'membership',
    'running',
    'view',
    'panels',
    'message_panels',
    'invite_panels',
    'account_panel',
    'invites',
    'message_list',
    'message_parts',
    'direct_list',
    'elements',
    'api',
    'socket',
    'banner',
    'own_news',
    'conversation',
    'composing',
    'synced',
    'acts',
    'outbox',
    'face',
    'room',
    'folding',
    'unheard',
    'deeds',
    'direct',
    'permissions',
    'rows',
    'reactions',
    'sentences',
    'words',
    'address',
    'store',
  ];
  assert.deepEqual(modules.map((name) => name.replace('.js', '')).sort(), [...order].sort());
  for (const [place, name] of order.entries()) {
    for (const [, imported] of read(`${name}.js`).matchAll(/from '\.\/(\w+)\.js'/g)) {
      assert.ok(order.indexOf(imported) > place, `${name} imports ${imported}`);
    }
  }
});
