import assert from 'node:assert/strict';
import test from 'node:test';
import { join_queue, resume_point } from '../../clients/js/src/joining.js';
import { fake_client, fake_server } from './fake_server.mjs';

const away = (key, more = {}) => ({ key, state: 'away', unread: 0, ...more });
const nothing_waits = { current: null, waits: () => false };

test('Joining: the open room first, then where something waits, then what is unread, then by name', () => {
  const rooms = [away('a'), away('b', { unread: 3 }), away('c'), away('d')];
  const taken = new join_queue().take(rooms, { current: rooms[3], waits: ({ key }) => key === 'c', now: 0 });
  assert.deepEqual(
    taken.map(({ key }) => key),
    ['d', 'c', 'b', 'a'],
  );
});

test('Joining: ten at once, then two a second', () => {
  const queue = new join_queue();
  let rooms = Array.from({ length: 40 }, (_, at) => away(`r${at}`));
  const take = (now) => {
    const due = queue.take(rooms, { ...nothing_waits, now });
    for (const room of due) room.state = 'joined';
    return due.length;
  };
  assert.deepEqual([take(0), take(0), take(1000), take(1400), take(1600), take(3000)], [10, 0, 2, 0, 1, 3]);
  rooms = rooms.map((room) => ({ ...room, state: 'joined' }));
  assert.equal(take(60000), 0);
});

test('Joining: of very many only so many by themselves, and always the one that is opened', () => {
  const inside = Array.from({ length: 149 }, (_, at) => ({ ...away(`in${at}`), state: 'joined' }));
  const more = [away('x'), away('y'), away('z')];
  const taken = new join_queue().take([...inside, ...more], { ...nothing_waits, current: more[2], now: 0 });
  assert.deepEqual(
    taken.map(({ key }) => key),
    ['z'],
  );
});

test('Joining: nothing is created by going on, and nothing by coming in, unless that is wanted', () => {
  const log = { generation: null };
  const marks = new Map([['kept', { generation: 'aa', seq: 7 }]]);
  assert.deepEqual(resume_point({ log, key: 'new', creates: true }, marks), {});
  const careful = resume_point({ log, key: 'new' }, marks);
  assert.equal(careful.after, 0);
  assert.match(careful.generation, /^[0-9a-f]{16}$/);
  assert.deepEqual(resume_point({ log, key: 'kept', creates: true }, marks), { after: 7, generation: 'aa' });
  const synced = { head: 9, generation: 'bb' };
  assert.deepEqual(resume_point({ log, key: 'kept', synced }, marks), { after: 9, generation: 'bb' });
});

test('Joining: with 200 rooms the open one is joined at once, all counts are right, and no frame is too many', () => {
  const server = new fake_server();
  for (let at = 0; at < 200; at += 1) {
    const room = server.room(`room${at}`);
    room.marks = { Me: 0 };
    for (let said = 0; said < at % 3; said += 1) server.post(room, 'Ann', 'hello', `${at}-${said}`);
  }
  const client = new fake_client(server, 'Me');
  const frames = [];
  const hear = server.hear.bind(server);
  server.hear = (who, frame) => {
    frames.push({ at: server.now, type: frame.type });
    return hear(who, frame);
  };
  const open = client.talk.enter('room100');
  client.talk.open(open);
  client.connect();
  client.settle();
  assert.equal(open.state, 'joined');
  const counts = client.talk.listed().map(({ name, unread }) => [name, unread]);
  for (const [name, unread] of counts) if (name !== 'room100') assert.equal(unread, Number(name.slice(4)) % 3, name);
  assert.equal(counts.length, 200);
  for (let second = 0; second < 90; second += 1) {
    server.now += 1000;
    client.talk.tick();
    client.settle();
  }
  const joined = client.talk.listed().filter(({ state }) => state === 'joined').length;
  assert.equal(joined, 150);
  for (const { at } of frames) assert.ok(frames.filter((each) => each.at >= at && each.at < at + 10000).length < 50);
});
