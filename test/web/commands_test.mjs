import assert from 'node:assert/strict';
import test from 'node:test';
import { commanding } from '../../web/commanding.js';
import { commands, meant_by } from '../../web/commands.js';
import { say } from '../../web/say_more.js';

test('Commands: what each one means', () => {
  for (const [text, meant] of [
    ['/shrug no idea', { text: 'no idea ¯\\_(ツ)_/¯' }],
    ['/shrug', { text: '¯\\_(ツ)_/¯' }],
    ['/join #garden', { does: 'join', room: 'garden' }],
    ['/msg @ann hello\nthere', { does: 'message', user: 'ann', text: 'hello\nthere' }],
    ['/msg ann', { does: 'message', user: 'ann', text: '' }],
    ['/invite @ann', { does: 'invite', user: 'ann' }],
    ['/TOPIC tea & cake', { does: 'act', act: { kind: 'settings', settings: { topic: 'tea & cake' } } }],
    ['/kick ann 10m', { does: 'act', act: { kind: 'remove', user: 'ann', reason: '10m' }, seconds: 0 }],
    ['/ban ann 2h spam, again', { does: 'act', act: { kind: 'ban', user: 'ann', reason: 'spam, again' }, seconds: 7200 }],
    ['/mute @ann', { does: 'act', act: { kind: 'mute', user: 'ann' }, seconds: 0 }],
    ['/mute ann 7D', { does: 'act', act: { kind: 'mute', user: 'ann' }, seconds: 604800 }],
    ['/leave', { does: 'leave' }],
    ['/help', { does: 'help' }],
  ])
    assert.deepEqual(meant_by(text), meant, text);
});

test('Commands: one that is not whole says how it is written, and none is unknown to the help', () => {
  for (const text of ['/me', '/join', '/join a b', '/msg', '/invite', '/topic ', '/kick', '/ban', '/mute'])
    assert.match(meant_by(text).fault, new RegExp(`^Write it like this: ${text.trim().split(' ')[0]} `), text);
  assert.match(meant_by('/nick bob').fault, /^A name stays/);
  for (const command of commands) {
    const example = say(`example_${command}`);
    assert.equal(meant_by(example).fault, undefined, example);
  }
});

const room = { name: 'lobby' };
/// Commands in the lobby: what was done, and what each answers. `refusal`: the server's to whatever is asked.
function desk({ refusal = null, answer = {} } = {}) {
  const done = [];
  const call = (what) => async (...all) => {
    done.push([what, ...all]);
    if (refusal) throw Object.assign(new Error('refused'), refusal);
    return { room: '@ann,me' };
  };
  const talk = { act: async (...all) => done.push(['act', ...all]) && answer, say: (...all) => done.push(['say', ...all]), get: (name) => name };
  const note = (what) => (...all) => void done.push([what, ...all]);
  const commander = new commanding({
    api: { open_direct: call('direct'), invite: call('invite') },
    talk: () => talk,
    go: note('go'),
    opened: note('opened'),
    leave: note('leave'),
    help: note('help'),
    now: () => 0,
  });
  return { done, run: (text) => commander.run(room, meant_by(text)) };
}

test('Commanding: each does what it says', async () => {
  for (const [text, ...done] of [
    ['/join garden', ['go', 'garden']],
    ['/msg ann hi', ['direct', ['ann']], ['opened', '@ann,me'], ['say', '@ann,me', 'hi']],
    ['/msg ann', ['direct', ['ann']], ['opened', '@ann,me']],
    ['/invite ann', ['invite', 'lobby', 'ann']],
    ['/ban ann 1h spam', ['act', room, { kind: 'ban', user: 'ann', reason: 'spam', until: '1970-01-01T01:00:00.000Z' }]],
    ['/kick ann', ['act', room, { kind: 'remove', user: 'ann' }]],
    ['/leave', ['leave']],
    ['/help', ['help']],
  ]) {
    const it = desk();
    assert.equal(await it.run(text), '', text);
    assert.deepEqual(it.done, done, text);
  }
});

test('Commanding: what was refused is said in words', async () => {
  assert.match(await desk().run('/join a/b'), /A room’s name/);
  assert.match(await desk().run('/kick 1x'), /A name begins with a letter/);
  assert.equal(await desk({ refusal: { status: 404, code: 'no_user' } }).run('/invite nobody'), 'There is no one called “nobody”.');
  assert.match(await desk({ refusal: { status: 429, code: 'rate_limited', retry_after: 5 } }).run('/msg ann'), /5 seconds/);
  assert.match(await desk({ answer: { error: { code: 'forbidden' } } }).run('/ban ann'), /./);
  assert.match(await desk({ answer: { unchanged: true } }).run('/mute ann'), /nothing changed/);
});
