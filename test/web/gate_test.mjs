import assert from 'node:assert/strict';
import test from 'node:test';
import { api_error } from '../../clients/js/src/api.js';
import { gate } from '../../web/gate.js';

test('Gate: who has an account, and could not be signed in at once, is signed in by the same button later', async () => {
  const asked = [];
  const told = [];
  let refuses = true;
  const api = {
    register: async (name) => asked.push(`register ${name}`) && {},
    login: async (name) => {
      asked.push(`login ${name}`);
      if (refuses) throw new api_error({ status: 429, code: 'rate_limited', retry_after: 30 });
      return { token: 't', user_id: name };
    },
  };
  const view = { gate_fault() {}, gate_busy() {}, gate_notice: (text) => told.push(text), toast() {} };
  const begun = [];
  const door = new gate({ api, session: { set() {} }, view, begin: (user) => begun.push(user) });
  const press = () => door.sign_in({ mode: 'register', name: 'Ann', password: 'secret words' });
  await press();
  assert.match(told.at(-1), /30 seconds/);
  refuses = false;
  await press();
  assert.deepEqual([asked, begun], [['register Ann', 'login Ann', 'login Ann'], ['Ann']]);
  await press();
  assert.equal(asked.filter((each) => each === 'register Ann').length, 2, 'and afterwards it is another matter');
});

test('Gate: the token goes into a cookie, for as long as the person says; without cookies the page has it', async () => {
  const asked = [];
  const kept = [];
  const api = {
    login: async (...all) => {
      asked.push(all);
      return all[2] ? { csrf: 'c', user_id: 'Ann', expires_at: 'e' } : { token: 't', user_id: 'Ann', expires_at: 'e' };
    },
  };
  const view = { gate_fault() {}, gate_busy() {}, gate_notice() {}, toast() {} };
  const session = { set: (...all) => kept.push(all) };
  for (const [has_cookies, remember] of [
    [true, true],
    [true, false],
    [false, true],
  ]) {
    const door = new gate({ api, session, view, begin() {}, has_cookies: () => has_cookies });
    await door.sign_in({ mode: 'login', name: 'Ann', password: 'secret words', remember });
  }
  assert.deepEqual(
    asked.map(([, , cookie]) => cookie),
    [{ remember: true }, { remember: false }, null],
  );
  assert.deepEqual(
    kept.map(([{ csrf, token }, remember]) => [csrf, token, remember]),
    [
      ['c', undefined, true],
      ['c', undefined, false],
      [undefined, 't', true],
    ],
  );
});
