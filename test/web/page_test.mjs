import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const web = new URL('../../web/', import.meta.url);
const client = new URL('../../clients/js/src/', import.meta.url);
const read = (name, folder = web) => readFileSync(new URL(name, folder), 'utf8');
const page = read('index.html');
const modules_of = (folder) => readdirSync(folder).filter((name) => name.endsWith('.js') && name !== 'sw.js');
const modules = modules_of(web);
const panels = modules.filter((name) => /view|panel|dialog/.test(name));
const code = modules.map((name) => read(name)).join('');
const ids = [...page.matchAll(/\sid="([^"]+)"/g), ...code.matchAll(/\bid: '([^']+)'/g)]
  .map(([, id]) => id)
  // The disc of one's own name takes the place of an empty one.
  .filter((id, at, all) => id !== 'me-avatar' || all.indexOf(id) === at);

test('Page: nothing in it needs more than default-src self', () => {
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/, 'no inline script');
  assert.doesNotMatch(page, /<style|\sstyle=/, 'no inline style');
  assert.doesNotMatch(page, /\son\w+=/, 'no inline handler');
  assert.doesNotMatch(page + read('style.css') + read('colours.css'), /(?:src|href)="https?:|url\(|@import (?!"\w+\.css";)/, 'nothing from elsewhere');
});

test('Page: text is only ever set as text', () => {
  const all = [...modules.map((name) => [name, web]), ...modules_of(client).map((name) => [name, client])];
  for (const [name, folder] of all) {
    assert.doesNotMatch(
      read(name, folder),
      /innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('style'/,
      name,
    );
  }
});

test('Page: every id is there once, and every one that the code or a label names is there', () => {
  assert.equal(new Set(ids).size, ids.length);
  const named = [...code.matchAll(/by_id\('([^']+)'\)/g)].map(([, id]) => id);
  const pointers = [
    ...page.matchAll(/(?:for|aria-controls|aria-labelledby|aria-describedby)="([^"]+)"/g),
    ...code.matchAll(/(?:htmlFor|'aria-controls'|'aria-labelledby'|'aria-describedby'): '([^']+)'/g),
  ];
  const labels = pointers.flatMap(([, list]) => list.split(' '));
  const icons = [...page.matchAll(/<use href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of [...named, ...labels, ...icons]) assert.ok(ids.includes(id), `#${id}`);
});

test('Page: every field and every button has a name', () => {
  for (const [field, id] of page.matchAll(/<(?:input|select|textarea)[^>]*\sid="([^"]+)"[^>]*>/g)) {
    const wrapped = new RegExp(`<label[^>]*><input id="${id}"`).test(page);
    assert.ok(wrapped || page.includes(`for="${id}"`) || field.includes('aria-label='), id);
  }
  for (const [, properties] of code.matchAll(/element\('(?:input|select|textarea)', \{([^{}]*)\}/g)) {
    const [, id] = properties.match(/\bid: '([^']+)'/) ?? [];
    const wrapped = /type: '(?:radio|checkbox)'/.test(properties);
    if (id && !/hidden: true|say_label|readOnly/.test(properties)) assert.ok(wrapped || code.includes(`htmlFor: '${id}'`), id);
  }
  for (const [whole, attributes, content] of page.matchAll(/<button([^>]*)>(.*?)<\/button>/gs)) {
    const words = content.replace(/<[^>]*>/g, '').trim();
    assert.ok(words || attributes.includes('aria-label=') || /id="(ask-yes|banner-action)"/.test(attributes), whole);
  }
});

test('Page: whatever the banner offers, and the panels ask for, is done', () => {
  const [, handled] = read('main.js').match(/deeds: \{ (leave,.*) \}/);
  for (const [, does] of read('banner.js').matchAll(/does: '(\w+)'/g)) assert.ok(handled.includes(does), does);
  const at_once = read('main.js').match(/new page\(\{(.*?)\n\}\)/s)[1];
  const later = read('more.js').match(/const acts = \{(.*?)\n {4}\};/s)[1];
  const is_later = imported_by('more');
  for (const name of panels)
    for (const [, act] of read(name).matchAll(/acts\.(\w+)\(/g))
      assert.match(is_later.has(name) ? later : at_once, new RegExp(`^ +${act}[,:]`, 'm'), `${name}: ${act}`);
  const opened = read('more.js').match(/const opens = \{(.*?)\n {4}\};/s)[1];
  const all = modules.map((name) => read(name)).join('');
  for (const [, dialog] of all.matchAll(/(?:acts\.open|\bopen)\('(\w+)'\)/g)) assert.match(opened, new RegExp(`^ +${dialog}:`, 'm'), dialog);
});

/// The modules that are imported by that one, by whatever way, and by what the page begins with only when it is wanted.
function imported_by(name, found = new Set()) {
  for (const [, imported] of read(`${name}.js`).matchAll(/(?:from|import) '\.\/(\w+)\.js'/g)) {
    if (found.has(`${imported}.js`)) continue;
    found.add(`${imported}.js`);
    imported_by(imported, found);
  }
  return found;
}

test('Page: dialogs are loaded when they are first used, and not before', () => {
  const at_once = imported_by('main');
  for (const name of panels.filter((each) => /element\(\s*'dialog'|showModal/.test(read(each))))
    assert.ok(!at_once.has(name) || name === 'view.js', name);
});

test('Page: every icon that the code names is there', () => {
  for (const name of modules) {
    for (const [, symbol] of read(name).matchAll(/icon\('([a-z]+)'\)/g))
      assert.ok(ids.includes(`icon-${symbol}`), symbol);
  }
});

const page_order = [
  'main',
  'offline',
  'more',
  'later',
  'navigation',
  'drawing',
  'going',
  'listening',
  'looks',
  'speaking',
  'hearing',
  'signing_out',
  'writing',
  'gate',
  'catalog',
  'own_rooms',
  'contacts',
  'account',
  'known_rooms',
  'kept_messages',
  'browser_db',
  'leaving',
  'invitation',
  'membership',
  'running',
  'room_pins',
  'own_mentions',
  'view',
  'switcher_panel',
  'help_panel',
  'running_panel',
  'running_dialogs',
  'emoji_panel',
  'people_panel',
  'composing_panel',
  'pins_panel',
  'rooms_panel',
  'mention_panel',
  'mention_button',
  'notify_panel',
  'own_panel',
  'access_panel',
  'device_panel',
  'composer_panel',
  'invite_panels',
  'invite_dialogs',
  'account_panel',
  'account_dialog',
  'own_settings',
  'own_access',
  'invites',
  'message_list',
  'message_parts',
  'direct_list',
  'unread_panel',
  'dialog_parts',
  'elements',
  'filling',
  'drafts',
  'banner',
  'own_news',
  'commanding',
  'composing',
  'notify',
  'notifier',
  'calling',
  'copying',
  'switching',
  'keys',
  'rows',
  'commands',
  'emoji',
  'emoji_data',
  'deeds',
  'reactions',
  'markdown',
  'links',
  'words',
  'address',
  'own_device',
  'languages',
  'say_more',
  'say',
  'german',
  'german_fixed',
  'german_more',
  'english_more',
  'english',
];
const client_order = [
  'index',
  'file_storage',
  'client',
  'joined_room',
  'feed',
  'session',
  'api',
  'socket',
  'conversation',
  'fetching',
  'joining',
  'reading',
  'chat_room',
  'synced',
  'acts',
  'outbox',
  'face',
  'room',
  'deleted_authors',
  'folding',
  'unheard',
  'mentions',
  'direct',
  'permissions',
  'sentences',
  'errors',
  'text',
  'saying',
  'english',
  'german',
  'store',
  'events',
];

for (const [whose, folder, order] of [
  ['the page', web, page_order],
  ['the client', client, client_order],
]) {
  test(`Modules: of ${whose} import only those further down in its list, so that there is no circle`, () => {
    assert.deepEqual(modules_of(folder).map((name) => name.replace('.js', '')).sort(), [...order].sort());
    for (const [place, name] of order.entries()) {
      for (const [, imported] of read(`${name}.js`, folder).matchAll(/(?:from |import |import\()'\.\/(\w+)\.js'/g))
        assert.ok(order.indexOf(imported) > place, `${name} imports ${imported}`);
    }
  });
}

test('Modules: the page has the client from where its server serves it, and the client needs nothing but itself', () => {
  for (const name of modules) {
    for (const [, imported] of read(name).matchAll(/(?:from|import) '([^']+)'/g))
      assert.match(imported, /^\.\/\w+\.js$|^\.\.\/clients\/js\/src\/\w+\.js$/, name);
    for (const [, imported] of read(name).matchAll(/from '\.\.\/clients\/js\/src\/(\w+)\.js'/g))
      assert.ok(client_order.includes(imported) && imported !== 'file_storage', `${name} imports ${imported}`);
  }
  for (const name of modules_of(client)) {
    const others = [...read(name, client).matchAll(/(?:from|import) '([^']+)'/g)].map(([, imported]) => imported);
    assert.ok(others.every((each) => /^\.\/\w+\.js$/.test(each) || (name === 'file_storage.js' && each.startsWith('node:'))), name);
  }
  assert.equal(JSON.parse(read('../package.json', client)).dependencies, undefined);
});
