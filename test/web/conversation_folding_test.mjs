import assert from 'node:assert/strict';
import test from 'node:test';
import { as_in_page, fake_client, fake_server, seeded } from './fake_server.mjs';

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
  return { server, lobby, clients, rooms: clients.map((client) => client.talk.get('lobby')) };
}
const settle = (clients) => [...clients, ...clients].forEach((client) => client.settle());

test('Folding: two people see one another’s edit, answer, reaction and pin', () => {
  const { clients, rooms } = lobby_of('Mo', 'Bob');
  const [mo, bob] = clients;
  bob.talk.say(rooms[1], 'helo');
  settle(clients);
  bob.talk.act(rooms[1], { kind: 'edit', target: 1, text: 'hello' });
  mo.talk.act(rooms[0], { kind: 'react', target: 1, text: '👍' });
  mo.talk.act(rooms[0], { kind: 'pin', target: 1 });
  mo.talk.say(rooms[0], 'hi', { target: 1 });
  settle(clients);
  for (const [n, mine] of [true, false].entries()) {
    const { text, edited, reactions, pinned } = rooms[n].log.find(1);
    assert.deepEqual([text, edited.seq > 1, pinned], ['hello', true, true]);
    assert.deepEqual(reactions, [{ text: '👍', count: 1, mine }]);
  }
  assert.equal(rooms[1].log.entries.find(({ text }) => text === 'hi').target, 1);
  assert.equal(bob.acted.length, 1, 'edits and reactions change no list of the page');
});

test('Folding: a page around a message that is asked for comes, and the window goes there', () => {
  const { server, lobby, clients, rooms } = lobby_of('Bob');
  for (let n = 1; n <= 2000; n += 1) server.post(lobby, 'Ann', `old ${n}`);
  const [bob] = clients;
  bob.settle();
  bob.following = false;
  bob.talk.seek(rooms[0], 700);
  bob.settle();
  assert.equal(rooms[0].log.find(700).text, 'old 700');
  assert.ok(rooms[0].log.find(690) && rooms[0].log.find(710));
});

test('Folding: through loss, cuts and pages every message is at the end as the server has it', () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const random = seeded(seed);
    const { server, lobby, clients, rooms } = lobby_of('Mo', 'Bob', 'Cid');
    server.loses = () => random() < 0.25;
    server.missed_at_most = 4;
    const pick = (list) => list[Math.floor(random() * list.length)];
    const act = (n) => {
      const target = pick(lobby.log.filter(({ kind }) => kind === undefined));
      if (!target) return;
      const kind = pick(['edit', 'react', 'react', 'react', 'pin', 'erase']);
      const text = pick(['👍', '🎉', 'no']);
      const { me } = clients[n];
      const now = as_in_page(lobby, target, me);
      if (kind === 'edit') server.post(lobby, target.from, `edit ${random()}`, undefined, { kind, target: target.seq });
      else if (kind === 'erase') {
        if (random() < 0.3) server.post(lobby, 'Mo', 'removed a message', undefined, { kind, target: target.seq });
      } else if (kind === 'pin')
        server.post(lobby, 'Mo', '', undefined, { kind: now.pinned ? 'unpin' : 'pin', target: target.seq });
      else {
        const mine = now.reactions?.some((each) => each.text === text && each.mine);
        server.post(lobby, me, text, undefined, { kind: mine ? 'unreact' : 'react', target: target.seq });
      }
    };
    for (let step = 0; step < 250; step += 1) {
      const n = Math.floor(random() * 3);
      const client = clients[n];
      const dice = random();
      if (dice < 0.15) client.talk.say(rooms[n], `words ${step}`);
      else if (dice < 0.5) act(n);
      else if (dice < 0.55) client.cut({ heard: Math.floor(random() * 3) });
      else if (dice < 0.65) client.connect();
      else if (dice < 0.72) client.talk.load(rooms[n], 'older');
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
      const shown = ({ seq, from, kind, text, target, edited, reactions, pinned }) =>
        JSON.stringify({ seq, from, kind, text, target, edited, reactions, pinned });
      const { entries, oldest } = rooms[n].log;
      assert.deepEqual(
        entries.map(shown),
        lobby.log.slice(oldest - 1).map((entry) => shown(as_in_page(lobby, entry, client.me))),
        `seed ${seed}: ${client.me}`,
      );
    }
  }
});
