import assert from 'node:assert/strict';
import test from 'node:test';
import { chat_socket, meaning_of_close, retry_delay, wait_after } from '../../clients/js/src/socket.js';

/// A socket on a clock and a network of the test's own.
function fixture({ ticket = async () => 'a ticket', random = () => 0.5 } = {}) {
  const world = { now: 0, timers: [], sockets: [], states: [], frames: [] };
  class web_socket {
    constructor(url, dialect) {
      Object.assign(this, { url, dialect, readyState: 0, sent: [] });
      world.sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    accept() {
      this.readyState = 1;
      this.onopen?.();
    }
    shut(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }
    say(data) {
      this.onmessage?.({ data });
    }
  }
  world.socket = new chat_socket({
    url: 'ws://here/chat/ws',
    ticket,
    web_socket,
    now: () => world.now,
    random,
    on_state: (state) => world.states.push(state),
    on_frame: (frame) => world.frames.push(frame),
    set_timer: (run, ms) => world.timers.push({ run, ms }),
    clear_timer: () => {},
  });
  world.last = () => world.sockets[world.sockets.length - 1];
  world.settle = () => new Promise((resolve) => setImmediate(resolve));
  world.connect = async () => {
    world.socket.start();
    await world.settle();
    world.last().accept();
  };
  world.elapse = async () => {
    world.timers.pop().run();
    await world.settle();
  };
  return world;
}

test('Socket: brings a fresh ticket and the dialect with every attempt', async () => {
  let number = 0;
  const world = fixture({ ticket: async () => `t ${(number += 1)}` });
  await world.connect();
  assert.equal(world.last().url, 'ws://here/chat/ws?ticket=t%201');
  assert.equal(world.last().dialect, 'greenroom.v1.json');
  world.last().shut(1006);
  await world.elapse();
  assert.equal(world.last().url, 'ws://here/chat/ws?ticket=t%202');
});

test('Socket: the delay has full jitter under a bound that doubles up to a cap', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((attempt) => retry_delay(attempt, () => 1)),
    [500, 1000, 2000, 4000],
  );
  assert.equal(
    retry_delay(50, () => 1),
    20000,
  );
  assert.equal(
    retry_delay(3, () => 0),
    0,
  );
});

test('Socket: each close code is acted on', () => {
  const wait = (code, attempt = 0) => wait_after(meaning_of_close(code), attempt, () => 1);
  assert.equal(wait(4401), null);
  assert.equal(meaning_of_close(4401).retry, 'sign_in');
  assert.equal(wait(4404), null);
  assert.equal(wait(1008), null);
  assert.equal(wait(4408), 0);
  assert.equal(wait(4408, 1), 1000);
  assert.equal(wait(1012), 1000);
  assert.equal(wait(1001), 1000);
  assert.ok(wait(1013) >= 1000);
  assert.ok(wait_after(meaning_of_close(1013), 0, () => 0) >= 1000);
  assert.equal(wait(1006), 500);
  assert.ok(meaning_of_close(1009).too_big);
});

test('Socket: a refused ticket stops it and asks to sign in; any other failure is tried again', async () => {
  const ended = fixture({
    ticket: async () => {
      throw Object.assign(new Error(), { status: 401 });
    },
  });
  ended.socket.start();
  await ended.settle();
  assert.deepEqual([ended.socket.state.name, ended.socket.state.sign_in], ['stopped', true]);

  const busy = fixture({
    ticket: async () => {
      throw Object.assign(new Error(), { status: 503, retry_after: 7 });
    },
  });
  busy.socket.start();
  await busy.settle();
  assert.equal(busy.socket.state.name, 'waiting');
  assert.equal(busy.timers.pop().ms, 7000);
});

test('Socket: where it is not allowed, the ticket says why; else it stays away', async () => {
  const lost = [
    { status: 401, code: 'invalid_token' },
    { status: 403, code: 'suspended', why: 'spam' },
  ];
  for (const error of lost) {
    const tickets = [async () => 't', async () => Promise.reject(error)];
    const world = fixture({ ticket: () => tickets.shift()() });
    await world.connect();
    world.last().shut(4403);
    await world.elapse();
    assert.deepEqual([world.socket.state.name, world.socket.state.sign_in], ['stopped', true]);
    assert.match(world.socket.state.words, error.why ? /^This account is suspended .*Why: spam$/ : /session has ended/);
  }
  const world = fixture();
  await world.connect();
  world.last().shut(4403);
  await world.elapse();
  world.last().accept();
  world.last().shut(4403);
  assert.deepEqual([world.socket.state.name, world.socket.state.sign_in], ['stopped', false]);
});

test('Socket: asks for a sign of life after 20 s of silence, and gives up after 45', async () => {
  const world = fixture();
  await world.connect();
  world.now = 20001;
  world.socket.tend();
  assert.deepEqual(world.last().sent, [{ type: 'ping' }]);
  world.last().say('{"type":"pong"}');
  world.now = 65002;
  world.socket.tend();
  assert.equal(world.socket.state.name, 'waiting');
  assert.equal(world.sockets[0].readyState, 3);
});

test('Socket: a connection that held begins the backoff anew, one that did not makes it longer', async () => {
  const world = fixture({ random: () => 1 });
  await world.connect();
  for (const expected of [500, 1000, 2000]) {
    world.last().shut(1006);
    assert.equal(world.timers[world.timers.length - 1].ms, expected);
    await world.elapse();
    world.last().accept();
  }
  world.now += 5001;
  world.last().shut(1006);
  assert.equal(world.timers.pop().ms, 500);
});

test('Socket: frames go nowhere unless it is open, and what is no frame is not heard', async () => {
  const world = fixture();
  assert.equal(world.socket.send({ type: 'ping' }), false);
  await world.connect();
  assert.equal(world.socket.send({ type: 'ping' }), true);
  for (const data of ['{', 'null', '1', '{"type":1}', '{"type":"pong"}']) world.last().say(data);
  assert.deepEqual(world.frames, [{ type: 'pong' }]);
});

test('Socket: a stopped one stays so, even if an old attempt still gets its ticket', async () => {
  let give;
  const world = fixture({
    ticket: () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  });
  world.socket.start();
  world.socket.stop();
  give('too late');
  await world.settle();
  assert.equal(world.sockets.length, 0);
  assert.equal(world.socket.state.name, 'stopped');
});
