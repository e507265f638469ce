/// What the address bar says behind its `#`. Pure.

import { choices } from './own_device.js';

const most_invite = 200;

/// The parts of one's own settings that have an address, `#/settings/password`.
const setting_parts = ['account', 'appearance', 'notifications', 'contacts', 'password', 'sessions', 'delete', ...Object.keys(choices)];

/// `{setting}`, one of these; `{room}`, as in `#/lobby`, with `seq` where it names a message, as in `#/lobby/12`; or `{invite}`, as in `#invite=…`; a room
/// of '' where it says nothing that can be read.
export function address_of(hash) {
  const words = decoded(hash.replace(/^#\/?/, ''));
  const [, invite] = words.match(/^invite=(.*)$/s) ?? [];
  if (invite === undefined) {
    const [, setting] = words.match(/^settings\/([a-z]+)$/) ?? [];
    if (setting_parts.includes(setting)) return { setting };
    const [, room, seq] = words.match(/^(.*)\/([1-9][0-9]{0,15})$/s) ?? [null, words];
    return { room, ...(seq ? { seq: Number(seq) } : {}) };
  }
  return invite.length <= most_invite ? { invite: invite.trim() } : { invite: '' };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
