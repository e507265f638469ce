import assert from 'node:assert/strict';
import test from 'node:test';
import { call_for, call_for_news } from '../../web/calling.js';
import { log_lines } from '../../web/copying.js';
import { notifier } from '../../web/notifier.js';
import { own_device } from '../../web/own_device.js';

const entry = { seq: 7, from: 'Bob', text: 'see\nyou' };
const room = (more = {}) => ({ name: 'Den', key: 'den', notify: 'mentions', face: { nature: 'room', title: '' }, ...more });
const call = (given) => call_for({ room: room(), entry, me: 'Ann', mentioned: false, seen: false, ...given });

test('Calling: for what one wants to be called for in the room, and never while the page is seen', () => {
  assert.equal(call(), null);
  assert.equal(call({ mentioned: true, seen: true }), null);
  assert.equal(call({ mentioned: true, room: room({ notify: 'none' }) }), null);
  assert.deepEqual(call({ mentioned: true }), { title: 'Bob in Den', body: 'see you', tag: 'den/7', address: '#/Den/7' });
  assert.equal(call({ room: room({ notify: 'all', face: { nature: 'room', title: 'The den' } }) }).title, 'Bob in The den');
  const direct = room({ name: '@ann,bob', key: '@ann,bob', notify: 'all', face: { nature: 'direct' } });
  assert.deepEqual([call({ room: direct }).title, call({ room: direct }).address], ['Bob', '#/@ann,bob/7']);
  const news = { type: 'added', room: 'Den', by: 'Bob' };
  assert.equal(call_for_news(news, { me: 'Ann', seen: false }).title, 'Bob added you to Den');
  assert.equal(call_for_news(news, { me: 'bob', seen: false }), null);
  assert.equal(call_for_news({ ...news, type: 'removed' }, { me: 'Ann', seen: false }), null);
});

/// A browser's notifications and locks, as far as they are needed.
function browser({ permission = 'default', answer = 'granted', locked = [] } = {}) {
  const shown = [];
  class api {
    static permission = permission;
    static async requestPermission() {
      api.permission = answer;
    }
    constructor(title, more) {
      shown.push({ title, ...more, node: this });
    }
    close() {
      this.closed = true;
    }
  }
  const locks = { request: (name, _, held) => locked.push(name) && held(), query: async () => ({ held: locked.map((name) => ({ name })) }) };
  const kept = { value: false, get: () => kept.value, set: (value) => (kept.value = value) };
  const opened = [];
  return { shown, opened, kept, locked, it: new notifier({ kept, api, locks, open: (address) => opened.push(address) }) };
}

test('Notifier: shows calls where the person and the browser want them, and leads to the message', async () => {
  const { it, shown, opened } = browser();
  await it.show(call({ mentioned: true }));
  assert.deepEqual([it.state, shown.length], ['off', 0]);
  await it.choose(true);
  assert.equal(it.state, 'on');
  await it.show(null);
  await it.show(call({ mentioned: true }));
  assert.deepEqual([shown.length, shown[0].tag], [1, 'den/7']);
  shown[0].node.onclick();
  assert.deepEqual([opened, shown[0].node.closed], [['#/Den/7'], true]);
  await it.choose(false);
  assert.equal(it.state, 'off');
});

test('Notifier: a browser that refuses is not asked again, and one without them is no error', async () => {
  const refusing = browser({ answer: 'denied' });
  await refusing.it.choose(true);
  assert.deepEqual([refusing.it.state, refusing.kept.value], ['denied', false]);
  const kept = { get: () => true, set: () => {} };
  const without = new notifier({ kept, api: undefined, locks: undefined, open: () => {} });
  without.seen(true);
  await without.show(call({ mentioned: true }));
  assert.equal(without.state, 'unsupported');
});

test('Notifier: does not call while another tab is seen', async () => {
  const { it, shown, kept, locked } = browser({ permission: 'granted' });
  kept.value = true;
  locked.push('greenroom.seen');
  await it.show(call({ mentioned: true }));
  assert.equal(shown.length, 0);
  locked.length = 0;
  it.seen(true);
  it.seen(true);
  assert.deepEqual(locked, ['greenroom.seen']);
  it.seen(false);
});

test('Copying: several messages are lines of a log', () => {
  const at = (day, hour) => new Date(2026, 11, day, hour, 5);
  const one = { from: 'Ann', at: at(1, 9), text: 'hello\nyou ' };
  assert.match(log_lines([one, { ...one, from: 'Bob', text: 'hi' }]), /^\[[^\]]+\] Ann: hello\nyou\n\[[^\]]+\] Bob: hi$/);
  assert.match(log_lines([one, { ...one, at: at(2, 8) }]), /^2026-12-01\n\[.+\] Ann: hello\nyou\n2026-12-02\n\[/);
});

test('Own device: what was chosen is kept, what is unknown is as usual, and another tab’s choice holds here, too', () => {
  const applied = [];
  const store = { value: { density: 'dense', theme: 'dark' }, get: () => store.value, set: (value) => (store.value = value) };
  const it = new own_device({ store, apply: (chosen) => applied.push(chosen) });
  const usual = { theme: 'dark', density: 'cosy', size: '100', clock: 'system', language: 'system' };
  assert.deepEqual(applied, [usual]);
  it.choose('density', 'compact');
  assert.deepEqual(applied.at(-1), { ...usual, density: 'compact' });
  assert.deepEqual(store.value, { density: 'compact', theme: 'dark' });
  store.value = { language: 'de', size: 125 };
  it.heard();
  assert.deepEqual(applied.at(-1), { ...usual, theme: 'system', language: 'de' });
});
