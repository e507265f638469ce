import assert from 'node:assert/strict';
import test from 'node:test';
import { fake_client, fake_server, seeded } from './fake_server.mjs';

/// A lobby that Ann owns and Mo moderates, and the conversations of those named.
function lobby_of(...names) {
  const server = new fake_server();
  const lobby = server.room('lobby');
  lobby.face = { Mo: 'moderator', Ann: 'owner' };
  const clients = names.map((name) => {
    const client = new fake_client(server, name);
    client.connect();
    client.talk.open(client.talk.enter('lobby'));
    client.settle();
    return client;
  });
  const settle = () => clients.forEach((client) => client.settle());
  return { server, lobby, clients, rooms: clients.map((client) => client.talk.get('lobby')), settle };
}
const told = ({ seq, from, kind, text, target }) => ({ seq, from, kind, text, target });

test('Acts: one is answered by its entry, which everybody sees and the person concerned is told of', async () => {
  const { clients, rooms, settle } = lobby_of('Mo', 'Bob');
  const done = clients[0].talk.carry_out(rooms[0], { kind: 'mute', user: 'Bob', reason: 'spam' });
  settle();
  assert.equal(await done, true);
  assert.deepEqual(rooms[1].face.silence(0), { code: 'muted', by: 'Mo', why: 'spam', until: undefined });
  assert.deepEqual(clients[1].words, ['lobby: Mo muted you: spam']);
  assert.deepEqual([clients[0].words, clients[0].acted, clients[1].acted], [[], [1], [1]]);
  clients[0].talk.carry_out(rooms[0], { kind: 'unmute', user: 'Bob' });
  settle();
  assert.equal(rooms[1].face.silence(0), null);
});

test('Acts: what is so already, and a refusal, are told to the one who acts', async () => {
  const { server, clients, rooms, settle } = lobby_of('Mo');
  server.unchanged = ({ kind }) => kind === 'unmute';
  server.refuses = ({ kind }) => (kind === 'ban' ? { code: 'no_user', detail: '' } : null);
  const done = ['unmute', 'ban'].map((kind) => clients[0].talk.carry_out(rooms[0], { kind, user: 'Bob' }));
  settle();
  assert.deepEqual(await Promise.all(done), [true, false]);
  assert.deepEqual(clients[0].words.map((words) => words.slice(0, 14)), ['It is so alrea', 'There is no on']);
});

test('Acts: one whose answer was lost is done once', async () => {
  const { lobby, clients, rooms } = lobby_of('Mo');
  const [mo] = clients;
  const done = mo.talk.act(rooms[0], { kind: 'mute', user: 'Bob' });
  mo.cut({ heard: 1 });
  mo.connect();
  mo.settle();
  assert.equal((await done).entry.seq, 1);
  assert.equal(lobby.log.length, 1);
});

test('Acts: one that was lost on its way is sent again as soon as there is a connection', async () => {
  const { clients, rooms } = lobby_of('Mo');
  const done = clients[0].talk.act(rooms[0], { kind: 'mute', user: 'Bob' });
  clients[0].cut({ heard: 0 });
  clients[0].connect();
  clients[0].settle();
  assert.ok((await done).entry);
});

test('Acts: one of its own in a page of history is an answer', async () => {
  const { server, clients, rooms } = lobby_of('Mo');
  server.missed_at_most = -1;
  const done = clients[0].talk.act(rooms[0], { kind: 'mute', user: 'Bob' });
  clients[0].cut({ heard: 1 });
  server.refuses = () => ({ code: 'forbidden' });
  clients[0].connect();
  clients[0].settle();
  assert.equal((await done).entry?.seq, 1);
});

test('Joining: the room is asked about; what may have been missed is not taken for known', () => {
  const { server, lobby, clients, rooms } = lobby_of('Bob');
  const [bob] = clients;
  assert.equal(bob.stale, 1);
  bob.tell({ type: 'error', code: 'muted', room: 'lobby', id: 'x', by: 'Mo' });
  bob.settle();
  assert.ok(rooms[0].face.silence(0));
  server.missed_at_most = -1;
  bob.cut();
  bob.connect();
  bob.settle();
  assert.equal(rooms[0].face.silence(0), null);
  rooms[0].face.fold({ seq: 9, kind: 'role', from: 'Ann', user: 'Cid', role: 'moderator' });
  lobby.generation = 'another';
  bob.cut();
  bob.connect();
  bob.settle();
  assert.equal(rooms[0].face.role_of('Cid'), null);
});

test('Acts: an act before the room is joined waits for that', async () => {
  const { server, clients, rooms } = lobby_of('Mo');
  const [mo] = clients;
  mo.cut();
  const done = mo.talk.act(rooms[0], { kind: 'mute', user: 'Bob' });
  assert.deepEqual(mo.outgoing, []);
  server.now += 3000;
  mo.connect();
  mo.settle();
  assert.ok((await done).entry);
});

test('Acts: where nobody answers, the one who acts is told that it is unclear', async () => {
  const { server, clients, rooms } = lobby_of('Mo');
  clients[0].cut();
  const done = clients[0].talk.carry_out(rooms[0], { kind: 'mute', user: 'Bob' });
  server.now += 20000;
  clients[0].talk.tick();
  assert.equal(await done, false);
  assert.match(clients[0].words[0], /^No answer came/);
});

test('Refused: a muted person’s message says who, why, until when, and the room knows it from then on', () => {
  const { server, clients, rooms, settle } = lobby_of('Bob');
  const until = new Date(server.now + 60000).toISOString();
  server.refuses = () => ({ code: 'muted', by: 'Mo', why: 'spam', until });
  clients[0].talk.say(rooms[0], 'hello');
  settle();
  const [failed] = clients[0].outbox.of('lobby');
  assert.match(failed.reason, /^You are muted in this room by Mo, until .*\. Why: spam$/);
  assert.equal(rooms[0].face.silence(server.now).by, 'Mo');
  assert.equal(rooms[0].face.silence(server.now + 60000), null);
});

test('Refused: where only some may write, the room is asked about once more', () => {
  const { server, clients, rooms, settle } = lobby_of('Bob');
  const before = clients[0].stale;
  server.refuses = () => ({ code: 'read_only' });
  clients[0].talk.say(rooms[0], 'hello');
  settle();
  assert.match(clients[0].outbox.of('lobby')[0].reason, /^Only some may write/);
  rooms[0].face.described({ head: 0, owner: 'Ann', post: 'moderators', slow: 0 });
  clients[0].talk.say(rooms[0], 'again');
  settle();
  assert.match(clients[0].outbox.of('lobby')[1].reason, /^Only moderators may write/);
  assert.equal(clients[0].stale, before + 2);
});

test('Gone: a banned or removed person reads who, why, until when, at once and when they come again', () => {
  const { clients, rooms, settle } = lobby_of('Bob');
  const [bob] = clients;
  const until = '2100-01-01T00:00:00Z';
  bob.talk.say(rooms[0], 'late');
  bob.outgoing.length = 0;
  bob.tell({ type: 'gone', room: 'lobby', reason: 'banned', by: 'Mo', why: 'spam', until });
  settle();
  assert.equal(rooms[0].state, 'gone');
  assert.match(rooms[0].gone, /^You are banned from this room by Mo, until .*2100.*\. Why: spam$/);
  assert.equal(bob.outbox.of('lobby')[0].reason, rooms[0].gone);
  const again = bob.talk.enter('lobby');
  bob.outgoing.length = 0;
  bob.tell({ type: 'error', code: 'banned', detail: '', room: 'lobby', by: 'Mo', why: 'spam', until });
  settle();
  assert.deepEqual([again.state, again.gone, again.gone_reason], ['gone', rooms[0].gone, 'banned']);
  const third = bob.talk.enter('lobby');
  bob.settle();
  bob.tell({ type: 'gone', room: 'lobby', reason: 'removed', by: 'Mo' });
  settle();
  assert.equal(third.gone, 'You were removed from this room by Mo.');
});

test('Mutes: one that stands in the newest page is known after a reload', () => {
  const { server, lobby } = lobby_of();
  server.post(lobby, 'Mo', 'muted Bob', undefined, { kind: 'mute', user: 'Bob' });
  const bob = new fake_client(server, 'Bob');
  bob.connect();
  const room = bob.talk.enter('lobby');
  bob.talk.open(room);
  bob.settle();
  assert.equal(room.face.silence(0).by, 'Mo');
});

test('Mutes: one before a hole silences nobody: its end may be in the hole', () => {
  const { server, lobby } = lobby_of();
  server.post(lobby, 'Mo', 'muted Bob', undefined, { kind: 'mute', user: 'Bob' });
  for (let i = 0; i < 80; i += 1) server.post(lobby, 'Mo', `text ${i}`);
  const bob = new fake_client(server, 'Bob');
  bob.connect();
  const room = bob.talk.enter('lobby');
  bob.settle();
  room.log.add_page([{ ...lobby.log[0] }]);
  bob.talk.open(room);
  bob.tell({ type: 'history', room: 'lobby', messages: lobby.log.slice(60, 81) });
  bob.outgoing.length = 0;
  while (bob.inbox.length) bob.talk.hear(bob.inbox.shift());
  assert.ok(room.log.missing().length);
  assert.equal(room.face.silence(0), null);
});

test('Away: what was erased while more was missed than is fetched by itself is not shown any more', () => {
  for (const followed of [true, false]) {
    const { server, lobby, clients, rooms } = lobby_of('Cid');
    const [cid] = clients;
    for (let i = 1; i <= 3; i += 1) server.post(lobby, 'Bob', `secret ${i}`);
    cid.settle();
    cid.following = followed;
    cid.cut();
    server.post(lobby, 'Mo', 'removed a message', undefined, { kind: 'erase', target: 2 });
    for (let i = 0; i < 700; i += 1) server.post(lobby, 'Bob', `chatter ${i}`);
    cid.connect();
    cid.settle();
    const { log } = rooms[0];
    assert.deepEqual(log.entries.slice(0, 3).map(({ text }) => text), ['secret 1', '(removed)', 'secret 3']);
    assert.ok(log.missing().length, 'the hole itself is the reader’s to open');
    assert.equal(log.plan_again(), null);
    assert.equal(log.newest, 704);
  }
});

test('Away: a room that nobody looks at drops what is in doubt, and shows the newest when it is opened', () => {
  const { server, lobby, clients, rooms } = lobby_of('Cid');
  const [cid] = clients;
  for (let i = 1; i <= 3; i += 1) server.post(lobby, 'Bob', `secret ${i}`);
  cid.settle();
  cid.talk.seen(rooms[0]);
  cid.talk.open(cid.talk.enter('garden'));
  cid.settle();
  cid.cut();
  for (let i = 0; i < 700; i += 1) server.post(lobby, 'Bob', `chatter ${i}`);
  cid.connect();
  const asked = () => cid.outgoing.filter(({ type, room }) => type === 'history' && room === 'lobby');
  while (cid.outgoing.length || cid.inbox.length) {
    assert.deepEqual(asked(), []);
    if (cid.outgoing.length) server.hear(cid, cid.outgoing.shift());
    else cid.talk.hear(cid.inbox.shift());
  }
  assert.deepEqual([rooms[0].log.entries, rooms[0].unread], [[], 700]);
  cid.talk.open(rooms[0]);
  cid.settle();
  assert.equal(rooms[0].log.newest, 703);
});

test('Away: a reader of old messages, for whom only the number rises, is asked about again too', () => {
  const { server, lobby, clients, rooms } = lobby_of('Cid');
  const [cid] = clients;
  const { log } = rooms[0];
  for (let i = 1; i <= 10; i += 1) server.post(lobby, 'Bob', `secret ${i}`);
  cid.settle();
  log.trim(5, 'newest');
  server.loses = () => true;
  server.post(lobby, 'Mo', 'removed a message', undefined, { kind: 'erase', target: 2 });
  server.loses = () => false;
  server.heads();
  cid.settle();
  assert.deepEqual([log.entries[1].kind, log.newest, log.plan_again()], ['erased', 5, null]);
});

test('Away: through long absences, losses and scrolling, what is shown at the end is what the server has', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = seeded(seed);
    const { server, lobby, clients, rooms } = lobby_of('Cid');
    const [cid] = clients;
    const { log } = rooms[0];
    server.loses = () => random() < 0.2;
    const erase = () => {
      const words = lobby.log.filter(({ kind }) => kind === undefined);
      const { seq } = words[Math.floor(random() * words.length)] ?? {};
      if (seq) server.post(lobby, 'Mo', 'removed a message', undefined, { kind: 'erase', target: seq });
    };
    for (let step = 0; step < 120; step += 1) {
      const dice = random();
      if (dice < 0.1) cid.cut();
      else if (dice < 0.25) cid.connect();
      else if (dice < 0.45) cid.talk.load(rooms[0], random() < 0.7 ? 'older' : 'newer');
      else if (dice < 0.5) cid.following = !cid.following;
      else if (dice < 0.7) cid.settle();
      else if (dice < 0.95) erase();
      for (let n = dice < 0.06 ? 650 : 2; n > 0; n -= 1) server.post(lobby, 'Bob', `secret ${step} ${n}`);
      if (dice > 0.95) server.heads();
    }
    server.loses = () => false;
    cid.connect();
    server.heads();
    for (let i = 0; i < 30; i += 1) {
      cid.settle();
      server.now += 11000;
      cid.talk.tick();
    }
    cid.settle();
    const shown = log.entries.filter((entry) => !log.in_doubt(entry));
    assert.equal(shown.length, log.entries.length, `seed ${seed}: nothing is left in doubt`);
    assert.deepEqual(
      shown.map(told),
      shown.map(({ seq }) => told(lobby.log[seq - 1])),
      `seed ${seed}`,
    );
  }
});

test('Acts: through loss, cuts and pages all see one log, and of what was erased nothing', () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const random = seeded(seed);
    const { server, lobby, clients, rooms } = lobby_of('Mo', 'Bob', 'Cid');
    server.loses = () => random() < 0.25;
    server.missed_at_most = 4;
    for (let step = 0; step < 200; step += 1) {
      const n = Math.floor(random() * 3);
      const client = clients[n];
      const dice = random();
      if (dice < 0.3) client.talk.say(rooms[n], `secret ${step}`);
      else if (dice < 0.45) {
        const words = lobby.log.filter(({ kind }) => kind === undefined);
        const { seq } = words[Math.floor(random() * words.length)] ?? {};
        if (seq) client.talk.act(rooms[n], { kind: 'erase', target: seq });
      } else if (dice < 0.5) client.cut({ heard: Math.floor(random() * 3) });
      else if (dice < 0.6) client.connect();
      else if (dice < 0.7) client.talk.load(rooms[n], 'older');
      else if (dice < 0.9) client.settle();
      else {
        server.now += 1500;
        client.talk.tick();
      }
    }
    server.loses = () => false;
    for (let i = 0; i < 300; i += 1) {
      server.now += 1500;
      for (const client of clients) {
        client.connect();
        client.talk.tick();
        client.settle();
      }
    }
    server.heads();
    for (const [n, client] of clients.entries()) {
      client.settle();
      const { entries, oldest } = rooms[n].log;
      assert.deepEqual(entries.map(told), lobby.log.slice(oldest - 1).map(told), `seed ${seed}: the server's log`);
    }
  }
});
