/// What somebody means who begins a text with `/`, as people from IRC do. Pure.

import { say } from './say.js';

/// The commands, as the help shows them: an example of each, and what it does.
export const commands = ['me', 'join', 'msg', 'invite', 'topic', 'kick', 'ban', 'mute', 'leave', 'shrug', 'help', 'slash'];

const units = { m: 60, h: 3600, d: 86400 };

/// `{text}` is said, `{action}` is done, as `/me waves`; `{does, …}` is carried out (see commanding.js); `{fault}`: it is
/// nothing of that. `//x` says `/x`, and a path is no command.
export function meant_by(text) {
  if (text.startsWith('//')) return { text: text.slice(1) };
  const [, word, rest = ''] = text.match(/^\/([a-z]+)(?:\s+(.*))?$/is) ?? [];
  if (word === undefined) return { text };
  const meant = known[word.toLowerCase()]?.(rest.trim());
  return meant ?? { fault: say('unknown_command', { word }) };
}

const known = {
  me: (rest) => (rest ? { action: rest } : usage('me')),
  shrug: (rest) => ({ text: `${rest} ¯\\_(ツ)_/¯`.trim() }),
  join: (rest) => one(rest.replace(/^#/, ''), 'join', (room) => ({ does: 'join', room })),
  msg: (rest) => {
    const [user, words] = first_of(rest);
    return user ? { does: 'message', user, text: words } : usage('msg');
  },
  invite: (rest) => one(rest, 'invite', (user) => ({ does: 'invite', user })),
  topic: (rest) => (rest ? { does: 'act', act: { kind: 'settings', settings: { topic: rest } } } : usage('topic')),
  leave: () => ({ does: 'leave' }),
  part: () => ({ does: 'leave' }),
  help: () => ({ does: 'help' }),
  nick: () => ({ fault: say('name_stays') }),
  kick: (rest) => sanction('remove', rest, 'kick'),
  ban: (rest) => sanction('ban', rest, 'ban'),
  mute: (rest) => sanction('mute', rest, 'mute'),
};

function usage(command) {
  return { fault: say('write_like', { example: say(`example_${command}`) }) };
}

function one(rest, command, made) {
  return /^\S+$/.test(rest) ? made(rest.replace(/^@/, '')) : usage(command);
}

/// The first word, a person's name with or without `@`, and what follows.
function first_of(rest) {
  const [, user = '', words = ''] = rest.match(/^@?(\S+)(?:\s+(.*))?$/s) ?? [];
  return [user, words];
}

/// `seconds` is how long it lasts; 0 has no end.
function sanction(kind, rest, command) {
  const [user, words] = first_of(rest);
  if (!user) return usage(command);
  const [, number, unit, after = ''] = (kind === 'remove' ? null : words.match(/^(\d{1,4})([mhd])(?:\s+(.*))?$/is)) ?? [];
  const reason = number ? after : words;
  return {
    does: 'act',
    act: { kind, user, ...(reason ? { reason } : {}) },
    seconds: number ? Number(number) * units[unit.toLowerCase()] : 0,
  };
}
