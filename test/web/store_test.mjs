import assert from 'node:assert/strict';
import test from 'node:test';

import { by_room, each_under, json_store, session_store, usable } from '../../clients/js/src/store.js';

/// A storage of one page.
function storage(held = {}) {
  return {
    held,
    getItem: (key) => held[key] ?? null,
    setItem: (key, value) => (held[key] = value),
    removeItem: (key) => delete held[key],
  };
}

test('Store: keeps a value for each room, and nothing for the others', () => {
  const place = storage();
  const marks = by_room(json_store(place, 'marks', {}));
  marks.set('lobby', { generation: 'a', seq: 3 });
  marks.set('tea', { generation: 'b', seq: 4 });
  marks.set('tea', null);
  const again = by_room(json_store(place, 'marks', {}));
  assert.deepEqual(again.get('lobby'), { generation: 'a', seq: 3 });
  assert.equal(again.get('tea'), null);
});

test('Store: a room may have the name of something that every object has', () => {
  const place = storage();
  const drafts = by_room(json_store(place, 'drafts', {}));
  for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) assert.equal(drafts.get(name), null, name);
  drafts.set('constructor', 'hello');
  assert.equal(drafts.get('constructor'), 'hello');
  drafts.set('constructor', '');
  assert.equal(by_room(json_store(place, 'drafts', {})).get('constructor'), null);
});

test('Store: what is stored may be nonsense', () => {
  for (const nonsense of ['{', 'null', '7']) {
    const marks = by_room(json_store(storage({ marks: nonsense }), 'marks', {}));
    assert.equal(marks.get('lobby'), null, nonsense);
  }
});

test('Store: two tabs keep values by room in one place, and don’t write over one another', () => {
  const held = {};
  const place = {
    ...storage(held),
    key: (n) => Object.keys(held)[n] ?? null,
    get length() {
      return Object.keys(held).length;
    },
  };
  const [one, two] = [each_under(place, 'd.ann.'), each_under(place, 'd.ann.')];
  one.set('lobby', 'x');
  two.set('tea', 'y');
  each_under(place, 'd.annex.').set('lobby', 'another person');
  assert.deepEqual([one.get('lobby'), one.get('tea'), one.get('constructor')], ['x', 'y', null]);
  assert.deepEqual(two.keys().sort(), ['lobby', 'tea']);
  two.set('lobby', null);
  assert.equal(one.get('lobby'), null);
});

test('Store: where the browser forbids storage, things are kept as long as the page', () => {
  const forbidden = usable(() => {
    throw new Error('The operation is insecure.');
  });
  const drafts = each_under(forbidden, 'd.');
  drafts.set('lobby', 'x');
  assert.deepEqual([drafts.get('lobby'), drafts.keys()], ['x', ['lobby']]);
  const session = session_store(forbidden, forbidden);
  session.set({ csrf: 'c', user: 'Ann' }, true);
  assert.equal(session.get().user, 'Ann');
  const place = storage();
  assert.equal(usable(() => place), place);
});

test('Store: a value for which there is no room is there all the same, until the page ends', () => {
  const place = { ...storage(), key: () => null, length: 0 };
  const drafts = each_under(place, 'd.');
  drafts.set('lobby', 'short');
  place.setItem = () => {
    throw new Error('full');
  };
  drafts.set('lobby', 'much longer');
  assert.deepEqual([drafts.get('lobby'), drafts.keys()], ['much longer', ['lobby']]);
  drafts.set('lobby', null);
  assert.deepEqual([drafts.get('lobby'), drafts.keys()], [null, []]);
});

const later = '2026-12-02T00:00:00Z';
const at = () => Date.parse('2026-12-01T00:00:00Z');
const of_ann = { csrf: 'word of ann', user: 'Ann', expires_at: later };

test('Session: is kept for the device or for the tab, and never with its token', () => {
  const [tab, device] = [storage(), storage()];
  const session = session_store(tab, device, at);
  session.set(of_ann, true);
  assert.deepEqual(session_store(storage(), device, at).get(), of_ann, 'a second tab needs no password');
  session.set(of_ann, false);
  assert.equal(session_store(storage(), device, at).get(), null, 'on a public computer it does');
  assert.deepEqual(session_store(tab, device, at).get(), of_ann, 'a reload does not');
  session.set({ token: 'gr_secret', user: 'Ann', expires_at: later }, true);
  assert.equal(session.get().token, 'gr_secret', 'where there are no cookies it lasts as long as the page');
  assert.ok(!JSON.stringify([tab.held, device.held]).includes('gr_secret'));
  assert.equal(session_store(tab, device, at).get(), null);
});

test('Session: one that ended, one of an older page that has its token, and nonsense are none', () => {
  for (const kept of [
    { ...of_ann, expires_at: '2026-11-30T00:00:00Z' },
    { token: 'gr_secret', user: 'Ann', expires_at: later },
    { csrf: 'c' },
    7,
    null,
  ]) {
    const device = storage({ 'greenroom.session': JSON.stringify(kept) });
    assert.equal(session_store(storage(), device, at).get(), null, JSON.stringify(kept));
  }
});

test('Session: what another tab did is heard', () => {
  const device = storage();
  const [one, two] = [session_store(storage(), device, at), session_store(storage(), device, at)];
  one.set(of_ann, true);
  assert.equal(two.heard(), true);
  assert.equal(two.get().user, 'Ann');
  one.set({ ...of_ann, csrf: 'another word of ann' }, true);
  assert.equal(two.heard(), false, 'it is the same person');
  assert.equal(two.get().csrf, 'another word of ann');
  one.set({ ...of_ann, csrf: 'word of bob', user: 'Bob' }, true);
  two.clear();
  assert.equal(session_store(storage(), device, at).get().user, 'Bob', 'who leaves late takes nobody else along');
  one.clear();
  assert.equal(one.heard(), false);
  assert.equal(session_store(storage(), device, at).get(), null);
  const mine = session_store(storage(), device, at);
  mine.set(of_ann, false);
  one.set({ ...of_ann, user: 'Bob' }, true);
  assert.equal(mine.heard(), false, 'a tab of its own does not follow');
  assert.equal(mine.get().user, 'Ann');
});

test('Session: an end that the server does not know of yet is kept until it does, or somebody signs in', () => {
  const device = storage();
  const session = session_store(storage(), device, at);
  session.set(of_ann, true);
  session.leaving.set('word of ann');
  session.clear();
  assert.equal(session_store(storage(), device, at).leaving.get(), 'word of ann');
  session.set(of_ann, true);
  assert.equal(session.leaving.get(), null);
});
