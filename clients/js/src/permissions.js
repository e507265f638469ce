/// Who may do what in a room: the server's table (`core/permissions.cpp`), so that the page offers nothing that would be
/// refused. The server decides all the same.

const outsider = 0;
const member = 1;
const moderator = 2;
const owner = 3;
const ranks = { member, moderator, owner };

/// The roles `member`, `moderator`, `owner` in rising order; 0 for somebody without one.
export function rank_of(role) {
  return ranks[role] ?? outsider;
}

/// By kind: the least role where access is open, private, invited; whether the person whom it is about must have a lower
/// one; and in which rooms of another nature it is an act at all, where not in both (see direct.js).
const rules = {
  text: { least: [outsider, member, member] },
  notice: { least: [outsider, member, member] },
  action: { least: [outsider, member, member] },
  tag: { least: [outsider, member, member] },
  edit: { least: [outsider, member, member] },
  erase: { least: [outsider, member, member] },
  react: { least: [outsider, member, member] },
  unreact: { least: [outsider, member, member] },
  pin: { least: [moderator, moderator, moderator] },
  unpin: { least: [moderator, moderator, moderator] },
  settings: { least: [moderator, moderator, moderator], natures: [] },
  role: { least: [owner, owner, owner], natures: [] },
  add: { least: [moderator, member, moderator], natures: ['group'] },
  remove: { least: [moderator, moderator, moderator], over_lower: true, natures: ['group'] },
  ban: { least: [moderator, moderator, moderator], over_lower: true, natures: [] },
  unban: { least: [moderator, moderator, moderator], over_lower: true, natures: [] },
  mute: { least: [moderator, moderator, moderator], over_lower: true, natures: [] },
  unmute: { least: [moderator, moderator, moderator], over_lower: true, natures: [] },
};
const accesses = ['open', 'private', 'invited'];
/// What only somebody who may write does.
const written = ['text', 'notice', 'action', 'tag', 'edit', 'react', 'unreact'];
const least_to_write = { all: outsider, members: member, moderators: moderator };
const owners_settings = ['access', 'post'];

/// Whether `by` may do that, as far as roles tell: empty, or the code of the refusal. `by` and `on` are roles (the one
/// who acts, the person whom it is about), `self` says that they are one person, `becomes` is a `role` act's new role,
/// `set` the names of the settings to change. An erase is allowed to everybody who may read: whether the message is
/// theirs isn't known here.
export function permitted({ kind, nature = 'room', access = 'open', post = 'all', by, on, self = false, becomes, set = [] }) {
  const rank = rank_of(by);
  if (access === 'private' && rank === outsider) return 'not_found';
  const rule = Object.hasOwn(rules, kind) ? rules[kind] : null;
  if (!rule || (nature !== 'room' && rule.natures?.includes(nature) === false)) return 'forbidden';
  const leaves = kind === 'remove' && self;
  if (!leaves && rank < (rule.least[accesses.indexOf(access)] ?? owner)) return 'forbidden';
  if (written.includes(kind)) return rank < (least_to_write[post] ?? outsider) ? 'read_only' : '';
  if (kind === 'settings' && rank !== owner && set.some((name) => owners_settings.includes(name))) return 'forbidden';
  if (self) return on_oneself({ kind, rank, becomes });
  return rule.over_lower && rank_of(on) >= rank ? 'forbidden' : '';
}

/// On oneself: leaving is everybody's, and no other act of those that are about a person is.
function on_oneself({ kind, rank, becomes }) {
  switch (kind) {
    case 'remove':
      return rank === owner ? 'conflict' : '';
    case 'role':
      return becomes === 'owner' ? '' : 'conflict';
    case 'ban':
    case 'unban':
    case 'mute':
    case 'unmute':
      return 'conflict';
    default:
      return '';
  }
}
