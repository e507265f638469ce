import assert from 'node:assert/strict';
import test from 'node:test';
import { most_messages, page_fetcher } from '../../clients/js/src/fetching.js';
import { fake_client, fake_server, memory_storage, seeded } from './fake_server.mjs';

/// A server whose lobby has `said` messages, and a client that has it open.
function in_lobby(said = 0) {
  const server = new fake_server();
  const lobby = server.room('lobby');
  for (let i = 1; i <= said; i += 1) server.post(lobby, 'Ann', `old ${i}`);
  const client = new fake_client(server, 'Me');
  client.connect();
  const room = client.talk.enter('lobby');
  client.talk.open(room);
  client.settle();
  return { server, lobby, client, room };
}

const texts = (room) => room.log.entries.map(({ text }) => text);

test('Conversation: a message is acknowledged by the message itself', () => {
  const { client, room } = in_lobby();
  client.talk.say(room, 'hello');
  assert.equal(client.outbox.waiting, 1);
  client.settle();
  assert.equal(client.outbox.waiting, 0);
  assert.deepEqual(texts(room), ['hello']);
});

test('Conversation: what was written before a cut is written once, whether or not the server had heard it', () => {
  for (const heard of [0, 1]) {
    const { client, room, lobby } = in_lobby();
    client.talk.say(room, 'once');
    client.cut({ heard });
    client.connect();
    client.settle();
    assert.deepEqual(
      lobby.log.map(({ text }) => text),
      ['once'],
    );
    assert.deepEqual(texts(room), ['once']);
    assert.equal(client.outbox.waiting, 0);
  }
});

test('Conversation: after a cut it goes on where it was, without a hole', () => {
  const { server, client, room, lobby } = in_lobby(3);
  client.cut();
  server.post(lobby, 'Ann', 'missed');
  client.connect();
  assert.deepEqual(client.outgoing[0], { type: 'join', room: 'lobby', after: 3, generation: lobby.generation });
  client.settle();
  assert.deepEqual(texts(room), ['old 1', 'old 2', 'old 3', 'missed']);
});

test('Conversation: what was not recovered is fetched, and a seam shows where', () => {
  const { server, client, room, lobby } = in_lobby(3);
  server.missed_at_most = 0;
  client.cut();
  server.post(lobby, 'Ann', 'missed');
  client.connect();
  client.settle();
  assert.equal(room.log.newest, 4);
  assert.deepEqual([...room.log.seams], [4]);
});

test('Conversation: a lost frame is healed by the next one, by gap, and by heads', () => {
  const { server, client, room, lobby } = in_lobby(1);
  const lose = () => {
    server.loses = () => true;
    server.post(lobby, 'Ann', 'lost');
    server.loses = () => false;
  };
  lose();
  server.post(lobby, 'Ann', 'next');
  client.settle();
  assert.equal(room.log.entries.length, 3);
  lose();
  server.gap(lobby, 4, 4);
  client.settle();
  assert.equal(room.log.entries.length, 4);
  lose();
  server.heads();
  client.settle();
  assert.deepEqual(texts(room), ['old 1', 'lost', 'next', 'lost', 'lost']);
});

test('Conversation: a temporary refusal is waited out, and the order kept', () => {
  const { server, client, room, lobby } = in_lobby();
  let refusals = 2;
  server.refuses = () => ((refusals -= 1) >= 0 ? { code: 'overloaded', retry_after: 3 } : null);
  client.talk.say(room, 'one');
  client.talk.say(room, 'two');
  client.settle();
  server.now += 2999;
  client.talk.tick();
  assert.deepEqual(
    client.outgoing.filter(({ type }) => type === 'send'),
    [],
  );
  for (let i = 0; i < 5; i += 1) {
    server.now += 3000;
    client.talk.tick();
    client.settle();
  }
  assert.deepEqual(
    lobby.log.map(({ text }) => text),
    ['one', 'two'],
  );
});

test('Conversation: a room too many is not asked for again', () => {
  const { server, client } = in_lobby();
  const more = client.talk.enter('one-more');
  client.outgoing.length = 0;
  client.talk.hear({ type: 'error', code: 'limit_reached', detail: 'Too many.', room: 'one-more' });
  assert.equal(more.state, 'gone');
  assert.match(more.gone, /as many rooms/);
  for (let i = 0; i < 5; i += 1) {
    server.now += 3000;
    client.talk.tick();
  }
  assert.deepEqual(
    client.outgoing.filter(({ type }) => type === 'join'),
    [],
  );
});

test('Conversation: one of its own messages in a page of history is an acknowledgement', () => {
  const { server, client, room, lobby } = in_lobby(1);
  server.missed_at_most = 0;
  client.talk.say(room, 'stored');
  client.cut({ heard: 1 });
  server.refuses = () => ({ code: 'unavailable', retry_after: 60 });
  client.connect();
  client.settle();
  assert.deepEqual(texts(room), ['old 1', 'stored']);
  assert.equal(client.outbox.waiting, 0);
  assert.equal(lobby.log.length, 2);
});

test('Conversation: an error about a room that was left, and a passing one about typing, are no news', () => {
  const { client, room } = in_lobby(1);
  client.tell({ type: 'error', code: 'not_joined', detail: '', room: 'elsewhere' });
  client.tell({ type: 'error', code: 'rate_limited', detail: '', room: 'lobby', retry_after: 1 });
  client.settle();
  assert.deepEqual(client.words, []);
  assert.equal(room.state, 'joined');
});

test('Conversation: a lasting refusal shows, and holds nothing up', () => {
  const { server, client, room, lobby } = in_lobby();
  server.refuses = ({ text }) => (text === 'bad' ? { code: 'bad_text' } : null);
  client.talk.say(room, 'bad');
  client.talk.say(room, 'good');
  client.settle();
  assert.deepEqual(
    lobby.log.map(({ text }) => text),
    ['good'],
  );
  const [failed] = client.outbox.of('lobby');
  assert.deepEqual([failed.state, failed.text], ['failed', 'bad']);
  assert.ok(failed.reason);
});

test('Conversation: a limit that cannot name the message slows all down, and loses nothing', () => {
  const { server, client, room, lobby } = in_lobby();
  client.talk.say(room, 'patient');
  client.outgoing = client.outgoing.filter(({ type }) => type !== 'send');
  client.tell({ type: 'error', code: 'rate_limited', detail: '', retry_after: 4 });
  client.settle();
  server.now += 3999;
  client.talk.tick();
  client.settle();
  assert.equal(lobby.log.length, 0);
  server.now += 1;
  client.talk.tick();
  client.settle();
  assert.deepEqual(
    lobby.log.map(({ text }) => text),
    ['patient'],
  );
});

test('Conversation: a room that is gone fails what waits for it, and is not joined again', () => {
  const { client, room } = in_lobby(2);
  client.talk.say(room, 'too late');
  client.outgoing = [];
  client.tell({ type: 'gone', room: 'lobby', reason: 'gone' });
  client.settle();
  assert.equal(room.state, 'gone');
  assert.equal(client.outbox.of('lobby')[0].state, 'failed');
  client.cut();
  client.connect();
  assert.deepEqual(client.outgoing, [{ type: 'sync' }]);
});

test('Conversation: a room refused for now is joined later', () => {
  const { server, client, room } = in_lobby(2);
  client.tell({ type: 'gone', room: 'lobby', reason: 'draining' });
  client.settle();
  assert.equal(room.state, 'joining');
  server.now += 1001;
  client.talk.tick();
  client.settle();
  assert.equal(room.state, 'joined');
});

test('Conversation: after a reload it joins at its mark, so that a deleted room is not made again', () => {
  const { server, client, room } = in_lobby(2);
  client.talk.seen(room);
  client.cut();
  const generation = room.log.generation;
  client.talk.rooms.clear();
  client.connect();
  client.talk.enter('lobby');
  assert.deepEqual(client.outgoing[1], { type: 'join', room: 'lobby', after: 2, generation });
  server.post(server.room('lobby'), 'Ann', 'unread');
  client.settle();
  assert.equal(client.talk.get('lobby').unread, 1);
});

test('Conversation: rooms are counted unread, and read ones told to the server once', () => {
  const { server, client, room, lobby } = in_lobby(2);
  const garden = client.talk.enter('garden');
  client.settle();
  server.post(server.room('garden'), 'Ann', 'psst');
  server.post(lobby, 'Ann', 'more');
  client.settle();
  assert.deepEqual([garden.unread, room.unread], [1, 1]);
  client.talk.seen(room);
  client.talk.tick();
  client.talk.tick();
  assert.deepEqual(
    client.outgoing.filter(({ type }) => type === 'read'),
    [{ type: 'read', room: 'lobby', seq: 3 }],
  );
  client.talk.open(garden);
  assert.equal(garden.unread_from, 1);
});

test('Conversation: what changes nothing here draws nothing, and who types is told apart', () => {
  const { server, client, room } = in_lobby(2);
  const changed = [];
  const typing = [];
  Object.assign(client.talk, { on_change: ({ key }) => changed.push(key), on_typing: ({ key }) => typing.push(key) });
  for (const user of ['Ann', 'Bob']) client.talk.hear({ type: 'read', room: 'lobby', user, seq: 2 });
  client.talk.hear({ type: 'read', room: 'lobby', user: client.me, seq: room.read });
  client.talk.hear({ type: 'typing', room: 'lobby', user: client.me, state: 'active' });
  client.talk.hear({ type: 'typing', room: 'lobby', user: 'Ann', state: 'active' });
  assert.deepEqual([changed, typing], [[], ['lobby']]);
  assert.deepEqual(room.typing.users(server.now), ['Ann']);
});

test('Conversation: a room can be made read without being looked at, also before it is joined', () => {
  const { server, client, room, lobby } = in_lobby(2);
  server.post(lobby, 'Ann', 'more');
  client.settle();
  client.talk.mark_read(room);
  assert.deepEqual([room.unread, room.read], [0, 3]);
  const garden = server.room('garden');
  garden.marks = { [client.me]: 0 };
  server.post(garden, 'Ann', 'psst');
  const later = client.talk.enter('garden', { later: true });
  later.synced = { unread: 1, read: 0, head: 1, generation: garden.generation };
  assert.equal(later.unread, 1);
  client.talk.mark_read(later);
  client.talk.tick();
  client.settle();
  assert.deepEqual([later.state, later.unread, later.read], ['joined', 0, 1]);
  client.talk.tick();
  assert.ok(client.outgoing.some(({ type, room: name, seq }) => type === 'read' && name === 'garden' && seq === 1));
});

test('Conversation: an address makes no room, unless that is wanted', () => {
  const { client } = in_lobby(1);
  client.talk.enter('typo');
  assert.equal(client.outgoing.at(-1).after, 0);
  client.talk.hear({ type: 'gone', room: 'typo', reason: 'gone' });
  assert.ok(client.talk.get('typo').is_missing);
  client.talk.enter('typo', { create: true });
  assert.deepEqual(client.outgoing.at(-1), { type: 'join', room: 'typo' });
});

test('Conversation: never keeps more than its bound, at whichever end the reader is', () => {
  const { server, client, room, lobby } = in_lobby(2 * most_messages);
  client.following = false;
  for (let i = 0; i < 30; i += 1) {
    client.talk.load(room, 'older');
    client.settle();
  }
  assert.equal(room.log.oldest, 1);
  assert.equal(room.log.entries.length, most_messages);
  server.post(lobby, 'Ann', 'live');
  client.settle();
  assert.equal(room.log.newest, most_messages);
  for (let i = 0; i < 30; i += 1) {
    client.talk.load(room, 'newer');
    client.following = true;
    client.settle();
  }
  assert.deepEqual([room.log.newest, room.log.entries.length], [2 * most_messages + 1, most_messages]);
  for (let i = 0; i < most_messages; i += 1) {
    server.post(lobby, 'Ann', 'flood');
    client.settle();
  }
  assert.equal(room.log.entries.length, most_messages);
});

test('Conversation: through loss, cuts, refusals and reloads all see one log, and each message is in it once', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed);
    const server = new fake_server();
    server.missed_at_most = 5;
    server.loses = () => random() < 0.2;
    server.refuses = () =>
      random() < 0.2 ? { code: random() < 0.5 ? 'unavailable' : 'unknown_outcome', retry_after: 1 } : null;
    const storages = [memory_storage(), memory_storage()];
    const begin = (n) => {
      const client = new fake_client(server, `User${n}`, storages[n]);
      client.talk.open(client.talk.enter('lobby'));
      return client;
    };
    let clients = [begin(0), begin(1)];
    const said = [[], []];
    for (let step = 0; step < 300; step += 1) {
      const n = random() < 0.5 ? 0 : 1;
      const client = clients[n];
      const dice = random();
      if (dice < 0.3) {
        const text = `${n}-${said[n].length}`;
        said[n].push(text);
        client.talk.say(client.talk.get('lobby'), text);
      } else if (dice < 0.36) client.cut({ heard: Math.floor(random() * 3) });
      else if (dice < 0.38) {
        client.cut({ heard: Math.floor(random() * 3) });
        server.clients = server.clients.filter((each) => each !== client);
        clients[n] = begin(n);
      } else if (dice < 0.6) client.connect();
      else if (dice < 0.9) client.settle();
      else {
        server.now += 1500;
        client.talk.tick();
      }
    }
    server.loses = () => false;
    server.refuses = () => null;
    for (let i = 0; i < 400; i += 1) {
      server.now += 1500;
      for (const client of clients) {
        client.connect();
        client.talk.tick();
        client.settle();
      }
    }
    server.heads();
    for (const client of clients) client.settle();

    const log = server.room('lobby').log.map(({ text }) => text);
    for (const n of [0, 1]) {
      assert.deepEqual(
        log.filter((text) => text.startsWith(`${n}-`)),
        said[n],
        `seed ${seed}: each once and in its author's order`,
      );
      assert.equal(clients[n].outbox.waiting, 0, `seed ${seed}: nothing is left waiting`);
      const seen = clients[n].talk.get('lobby').log;
      assert.deepEqual(seen.missing(), [], `seed ${seed}: no hole`);
      assert.deepEqual(
        seen.entries.map(({ text }) => text),
        log.slice(seen.oldest - 1),
        `seed ${seed}: the server's log`,
      );
      assert.equal(seen.newest, log.length, `seed ${seed}: up to its head`);
    }
  }
});

test('Conversation: a client may keep fewer messages of a room', () => {
  const kept = { trim: (most) => (kept.most = most) };
  const talk = { current: null, following: () => true };
  new page_fetcher(talk, { patience: 1, most: 50, fold: () => {} }).trim({ log: kept });
  assert.equal(kept.most, 50);
});
