/// What somebody means who begins a text with `/`, as people from IRC do. Pure.

/// The commands, as the help shows them.
export const commands = [
  { shown: '/me waves', words: 'Says what you do' },
  { shown: '/join garden', words: 'Goes to a room' },
  { shown: '/msg ann hello', words: 'Writes to somebody alone' },
  { shown: '/invite ann', words: 'Makes somebody a member of this room' },
  { shown: '/topic words', words: 'Changes the topic' },
  { shown: '/kick ann why', words: 'Removes somebody from the room' },
  { shown: '/ban ann 1d why', words: 'Removes them, and keeps them out: 10m, 2h, 7d, or no end' },
  { shown: '/mute ann 1h why', words: 'They can read, but not write' },
  { shown: '/leave', words: 'Leaves this room' },
  { shown: '/shrug words', words: 'Says them, and ¯\\_(ツ)_/¯' },
  { shown: '/help', words: 'Shows this list' },
  { shown: '//x', words: 'Says “/x”' },
];

const units = { m: 60, h: 3600, d: 86400 };

/// `{text}` is said, `{action}` is done, as `/me waves`; `{does, …}` is carried out (see commanding.js); `{fault}`: it is
/// nothing of that. `//x` says `/x`, and a path is no command.
export function meant_by(text) {
  if (text.startsWith('//')) return { text: text.slice(1) };
  const [, word, rest = ''] = text.match(/^\/([a-z]+)(?:\s+(.*))?$/is) ?? [];
  if (word === undefined) return { text };
  const meant = known[word.toLowerCase()]?.(rest.trim());
  return meant ?? { fault: `“/${word}” is no command here. To say it, write “//${word}”.` };
}

const known = {
  me: (rest) => (rest ? { action: rest } : usage('/me waves')),
  shrug: (rest) => ({ text: `${rest} ¯\\_(ツ)_/¯`.trim() }),
  join: (rest) => one(rest.replace(/^#/, ''), '/join garden', (room) => ({ does: 'join', room })),
  msg: (rest) => {
    const [user, words] = first_of(rest);
    return user ? { does: 'message', user, text: words } : usage('/msg ann hello');
  },
  invite: (rest) => one(rest, '/invite ann', (user) => ({ does: 'invite', user })),
  topic: (rest) => (rest ? { does: 'act', act: { kind: 'settings', settings: { topic: rest } } } : usage('/topic words')),
  leave: () => ({ does: 'leave' }),
  part: () => ({ does: 'leave' }),
  help: () => ({ does: 'help' }),
  nick: () => ({ fault: 'A name stays what it is here. Other people know you by it.' }),
  kick: (rest) => sanction('remove', rest, '/kick ann why'),
  ban: (rest) => sanction('ban', rest, '/ban ann 1d why'),
  mute: (rest) => sanction('mute', rest, '/mute ann 1h why'),
};

function usage(shown) {
  return { fault: `Write it like this: ${shown}` };
}

function one(rest, shown, made) {
  return /^\S+$/.test(rest) ? made(rest.replace(/^@/, '')) : usage(shown);
}

/// The first word, a person's name with or without `@`, and what follows.
function first_of(rest) {
  const [, user = '', words = ''] = rest.match(/^@?(\S+)(?:\s+(.*))?$/s) ?? [];
  return [user, words];
}

/// `seconds` is how long it lasts; 0 has no end.
function sanction(kind, rest, shown) {
  const [user, words] = first_of(rest);
  if (!user) return usage(shown);
  const [, number, unit, after = ''] = (kind === 'remove' ? null : words.match(/^(\d{1,4})([mhd])(?:\s+(.*))?$/is)) ?? [];
  const reason = number ? after : words;
  return {
    does: 'act',
    act: { kind, user, ...(reason ? { reason } : {}) },
    seconds: number ? Number(number) * units[unit.toLowerCase()] : 0,
  };
}
