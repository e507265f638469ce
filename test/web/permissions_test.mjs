import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { permitted } from '../../clients/js/src/permissions.js';

const roles = [undefined, 'member', 'moderator', 'owner'];
const kinds_about_people = ['ban', 'unban', 'mute', 'unmute', 'remove'];

test("Permissions: the table is the server's", () => {
  const source = readFileSync(new URL('../../core/permissions.cpp', import.meta.url), 'utf8');
  const names = { outsider: undefined, member: 'member', moderator: 'moderator', owner: 'owner' };
  const rows = [...source.matchAll(/rule\{entry_kind::(\w+), (\w+), (\w+), (\w+)((?:, (?:true|false))*)\}/g)];
  assert.ok(rows.length >= 12);
  for (const [, kind, open, secret, invited, more] of rows) {
    const [over_lower, direct, group] = [false, true, true].map((otherwise, at) => {
      const said = more.split(', ')[at + 1];
      return said === undefined ? otherwise : said === 'true';
    });
    for (const [nature, is_done] of Object.entries({ direct, group })) {
      const self = kind === 'remove';
      const allowed = permitted({ kind, nature, access: 'private', by: 'member', self }) === '';
      assert.equal(allowed, is_done && (self || names[secret] !== 'moderator') && names[secret] !== 'owner', `${kind} ${nature}`);
    }
    for (const [access, least] of Object.entries({ open, private: secret, invited })) {
      const rank = roles.indexOf(names[least]);
      for (const [at, by] of roles.entries()) {
        const allowed = permitted({ kind, access, by, becomes: 'member' }) === '';
        assert.equal(allowed, at >= rank, `${kind} ${access} ${by}`);
        if (over_lower && at >= rank) {
          assert.equal(permitted({ kind, access, by, on: by }), 'forbidden', `${kind}: not over one's own rank`);
          assert.equal(permitted({ kind, access, by, on: roles[at - 1] }), '', `${kind}: over a lower one`);
        }
      }
    }
  }
});

test('Permissions: for an outsider a private room is not there', () => {
  for (const kind of ['text', 'erase', 'remove', 'ban'])
    assert.equal(permitted({ kind, access: 'private', self: true }), 'not_found');
});

test('Permissions: only some may write where the room says so', () => {
  assert.equal(permitted({ kind: 'text', post: 'members' }), 'read_only');
  assert.equal(permitted({ kind: 'text', post: 'members', by: 'member' }), '');
  assert.equal(permitted({ kind: 'action', post: 'moderators', by: 'member' }), 'read_only');
  assert.equal(permitted({ kind: 'notice', post: 'moderators', by: 'moderator' }), '');
  assert.equal(permitted({ kind: 'erase', post: 'moderators' }), '');
});

test('Permissions: access and who may write are the owner’s to set', () => {
  for (const set of [['access'], ['post'], ['topic', 'post']]) {
    assert.equal(permitted({ kind: 'settings', by: 'moderator', set }), 'forbidden');
    assert.equal(permitted({ kind: 'settings', by: 'owner', set }), '');
  }
  assert.equal(permitted({ kind: 'settings', by: 'moderator', set: ['topic', 'title', 'slow'] }), '');
});

test('Permissions: oneself can leave and be added, and no more; the owner stays', () => {
  for (const by of [undefined, 'member', 'moderator']) assert.equal(permitted({ kind: 'remove', by, self: true }), '');
  assert.equal(permitted({ kind: 'remove', by: 'owner', self: true }), 'conflict');
  for (const kind of kinds_about_people.slice(0, 4))
    assert.equal(permitted({ kind, by: 'moderator', self: true }), 'conflict');
  assert.equal(permitted({ kind: 'role', by: 'owner', self: true, becomes: 'member' }), 'conflict');
  assert.equal(permitted({ kind: 'role', by: 'owner', self: true, becomes: 'owner' }), '');
  assert.equal(permitted({ kind: 'add', by: 'moderator', self: true }), '');
});

test('Permissions: what is not known is nobody’s', () => {
  for (const kind of ['wave', 'constructor', undefined]) assert.equal(permitted({ kind, by: 'owner' }), 'forbidden');
  assert.equal(permitted({ kind: 'text', access: 'new', by: 'member' }), 'forbidden');
});
