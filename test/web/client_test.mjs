import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { events } from '../../clients/js/src/events.js';
import { file_storage } from '../../clients/js/src/file_storage.js';
import { connect } from '../../clients/js/src/index.js';
import { message_outbox } from '../../clients/js/src/outbox.js';
import { each_under } from '../../clients/js/src/store.js';
import { memory_storage } from './fake_server.mjs';

test('File storage: keeps values as files, also across programs, and nothing that is half written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-storage-'));
  try {
    const storage = file_storage(join(folder, 'kept'));
    storage.setItem('greenroom.message.ann./../x', 'one');
    storage.setItem('b', 'two');
    storage.setItem('b', 'three');
    storage.removeItem('absent');
    writeFileSync(join(folder, 'kept', 'c.new'), 'ha');
    const again = file_storage(join(folder, 'kept'));
    assert.equal(again.getItem('b'), 'three');
    assert.equal(again.getItem('greenroom.message.ann./../x'), 'one');
    assert.deepEqual([again.length, again.getItem('c'), again.getItem('absent')], [2, null, null]);
    assert.deepEqual(readdirSync(folder), ['kept']);
    const box = new message_outbox(each_under(again, 'greenroom.message.ann.'));
    box.add('lobby', 'kept over a crash', 1, { id: 'i' });
    assert.equal(new message_outbox(each_under(file_storage(join(folder, 'kept')), 'greenroom.message.ann.')).has('lobby', 'i'), true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Outbox: who waits for a message hears what came of it', async () => {
  const box = new message_outbox(each_under(memory_storage(), 'm.'));
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) box.add('lobby', 'text', 1, { id });
  const answers = ids.map((id) => box.settled(id));
  box.acknowledged('lobby', 'a', { seq: 1 });
  box.failed('lobby', 'b', 'words', { code: 'muted' });
  box.discard('lobby', 'c');
  box.stopped({ code: 'stopped' });
  const codes = (await Promise.all(answers)).map(({ entry, error }) => entry?.seq ?? error.code);
  assert.deepEqual(codes, [1, 'muted', 'discarded', 'stopped']);
  assert.equal(box.has('lobby', 'd'), true, 'it is sent the next time');
});

test('Events: each listener hears, until it is taken off, and one that throws spoils nothing', async () => {
  const it = new events();
  const heard = [];
  const off = it.on('a', (what) => heard.push(what));
  it.on('a', () => heard.push('second'));
  it.emit('a', 1);
  off();
  it.emit('a', 2);
  it.emit('b', 3);
  assert.deepEqual(heard, [1, 'second', 'second']);
});

test('Connect: says what it needs', async () => {
  const fetch = async () => new Response('{"code":"invalid_token"}', { status: 401 });
  class WebSocket {}
  await assert.rejects(connect({ url: 'http://localhost:1', token: 'x', fetch, WebSocket }), { status: 401 });
  if (!globalThis.WebSocket) await assert.rejects(connect({ url: 'http://localhost:1', token: 'x', fetch }), /WebSocket|ws/);
});

/// A websocket whose server is the test.
class wire {
  static last = null;
  readyState = 1;
  sent = [];
  constructor(url, dialect) {
    Object.assign(this, { url, dialect });
    wire.last = this;
    queueMicrotask(() => this.onopen?.());
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  tell(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  close() {
    this.readyState = 3;
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

async function at_work(storage = memory_storage()) {
  const fetch = async (path) =>
    new Response(JSON.stringify(path.endsWith('/verify') ? { user_id: 'Bot' } : { ticket: 't/1' }), { status: 200 });
  const client = await connect({ url: 'https://chat.example.org/', token: () => 'x', fetch, WebSocket: wire, storage });
  await turn();
  return { client, socket: wire.last };
}

const joined = { type: 'joined', room: 'lobby', generation: 'a'.repeat(16), head: 2, recovered: true, access: 'open', owner: 'Ann', members: { count: 1, first: ['Bot'] } };
const said = (seq, more = {}) => ({ type: 'message', room: 'lobby', seq, from: 'Ann', text: `t${seq}`, at: '2026-01-01T00:00:00.000Z', ...more });

test('Client: joins, hears, sends and acts', async () => {
  const { client, socket } = await at_work();
  assert.deepEqual([client.me, client.state, socket.url, socket.dialect], ['Bot', 'open', 'wss://chat.example.org/chat/ws?ticket=t%2F1', 'greenroom.v1.json']);
  const joining = client.join('lobby');
  assert.equal(socket.sent.find(({ type }) => type === 'join').after, 0, 'a missing room is not made');
  socket.tell(joined);
  socket.tell(said(3));
  const room = await joining;
  assert.equal(await client.join('LOBBY'), room);
  const heard = [];
  room.on('message', ({ seq }) => heard.push(seq));
  room.on('entry', ({ seq }) => heard.push(-seq));
  socket.tell(said(4, { kind: 'react', target: 3, text: '+' }));
  const sending = room.send('hi\ud800', { target: 3 });
  const { id, text, target } = socket.sent.findLast(({ type }) => type === 'send');
  assert.deepEqual([text, target, client.unsent.length], ['hi\ufffd', 3, 1]);
  socket.tell(said(5, { from: 'Bot', text, id }));
  assert.equal((await sending).seq, 5);
  await turn();
  assert.deepEqual(heard, [-3, 3, -4, -5, 5], 'also what came before anybody listened');
  assert.deepEqual(room.position, { generation: 'a'.repeat(16), seq: 5 });
  const acting = room.pin(3);
  socket.tell({ type: 'error', code: 'forbidden', detail: 'no', room: 'lobby', id: socket.sent.at(-1).id });
  await assert.rejects(acting, { name: 'refusal', code: 'forbidden' });
  const again = room.react(3, '+');
  socket.tell({ type: 'unchanged', room: 'lobby', id: socket.sent.at(-1).id });
  assert.equal(await again, null);
  assert.deepEqual(room.messages.map(({ seq }) => seq), [3, 5]);
  client.close();
});

test('Client: a refused message rejects and is forgotten; one that waits outlives the program', async () => {
  const storage = memory_storage();
  const { client, socket } = await at_work(storage);
  const joining = client.join('lobby');
  socket.tell(joined);
  const room = await joining;
  const refused = room.send('no');
  socket.tell({ type: 'error', code: 'muted', detail: 'no', room: 'lobby', id: socket.sent.at(-1).id, by: 'Ann', why: 'spam' });
  await assert.rejects(refused, { code: 'muted', by: 'Ann', why: 'spam' });
  assert.equal(client.unsent.length, 0);
  const waiting = room.send('later');
  client.close();
  await assert.rejects(waiting, { code: 'stopped' });
  const { client: next, socket: wired } = await at_work(storage);
  assert.deepEqual(next.unsent.map(({ text }) => text), ['later']);
  wired.tell(joined);
  const { id, text } = wired.sent.findLast(({ type }) => type === 'send');
  assert.equal(text, 'later');
  wired.tell(said(3, { from: 'Bot', text, id }));
  assert.equal(next.unsent.length, 0);
  next.close();
});

test('Client: a room that is not there is refused, and one that ends says so', async () => {
  const { client, socket } = await at_work();
  const missing = client.join('nowhere');
  socket.tell({ type: 'gone', room: 'nowhere', reason: 'gone' });
  await assert.rejects(missing, { code: 'not_found' });
  assert.deepEqual(client.rooms, []);
  const joining = client.join('lobby');
  socket.tell(joined);
  const room = await joining;
  let why = null;
  room.on('gone', (error) => (why = error));
  socket.tell({ type: 'gone', room: 'lobby', reason: 'banned', by: 'Ann', why: 'spam' });
  assert.deepEqual([why.code, why.by, why.why, client.rooms.length], ['banned', 'Ann', 'spam', 0]);
  await assert.rejects(room.send('?'), { code: 'banned' });
  client.close();
});
