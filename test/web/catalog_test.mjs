import assert from 'node:assert/strict';
import test from 'node:test';
import { api_error } from '../../clients/js/src/api.js';
import { room_catalog } from '../../web/catalog.js';

/// A server with so many rooms, that gives 50 at once, or as many as it is asked for.
function catalog_of(many) {
  const asked = [];
  const all = Array.from({ length: many }, (_, n) => ({ room: `room-${1000 + n}`, access: 'open', owner: 'Ann' }));
  const made = { asked, fails: false };
  const rooms = async (after, { limit }) => {
    asked.push(limit);
    if (made.fails) throw new api_error({ code: 'unreachable' });
    const rest = all.filter(({ room }) => !after || room > after);
    const page = rest.slice(0, limit ?? 50);
    return { rooms: page, next: rest.length > page.length ? page.at(-1).room : null };
  };
  made.catalog = new room_catalog({ api: { rooms }, loaded: () => {}, lost: () => {}, changed: () => {} });
  return made;
}

test('Catalog: who looks for a room finds any of them, and nothing is asked twice', async () => {
  const { catalog, asked } = catalog_of(1200);
  await catalog.load();
  await Promise.all([catalog.search('z'), catalog.search('zo')]);
  await catalog.search('zoo');
  assert.deepEqual([catalog.rooms.length, catalog.next, asked], [1200, null, [null, 500, 500, 500]]);
});

test('Catalog: afterwards it is the first page again, which is kept fresh', async () => {
  const { catalog, asked } = catalog_of(120);
  await catalog.load();
  await catalog.search('z');
  catalog.refresh();
  assert.equal(asked.length, 2, 'not while somebody looks at all of it');
  await catalog.search('');
  assert.equal(catalog.rooms.length, 50);
  await catalog.search('');
  catalog.refresh();
  assert.equal(asked.length, 4);
});

test('Catalog: a short list is whole already, and one without an answer is not asked for again and again', async () => {
  const short = catalog_of(3);
  await short.catalog.load();
  await short.catalog.search('z');
  await short.catalog.search('');
  assert.equal(short.asked.length, 1);
  const cut = catalog_of(1200);
  await cut.catalog.load();
  cut.fails = true;
  await cut.catalog.search('z');
  assert.equal(cut.asked.length, 2);
  cut.fails = false;
  await cut.catalog.search('zo');
  assert.equal(cut.catalog.rooms.length, 1200, 'the next letter tries it again');
});
