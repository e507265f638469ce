/// The line above the field: the one thing that keeps this person from talking here, and what can be done about it. Pure.

import { plain } from '../clients/js/src/errors.js';

/// For so long a room is entered without a word, in milliseconds.
const longest_wait = 5000;

/// The state of the connection in a word or two.
export function connection_words(name, offline) {
  if (offline && name !== 'stopped') return 'Offline';
  if (name === 'waiting') return 'Reconnecting…';
  return { open: 'Connected', connecting: 'Connecting…', stopped: 'Not connected' }[name] ?? '';
}

/// `{words, action, does}`, empty where all is well: `action` are the words on the button, `does` is `leave`, `enter_again`,
/// `retry`, `create` or `become_member`. `state` is the socket's.
export function banner_of({ room, state: { name, until, words = '' }, offline, now }) {
  if (room?.state === 'gone') return gone_banner(room);
  if (name === 'stopped') return { words, action: 'Connect again', does: 'retry' };
  if (name === 'waiting') {
    const seconds = Math.max(0, Math.ceil((until - now) / 1000));
    const when = seconds > 1 ? `Trying again in ${seconds} s.` : 'Trying again…';
    return {
      words: `${offline ? 'You are offline.' : words} ${when} What you write is kept and sent then.`,
      action: 'Try now',
      does: 'retry',
    };
  }
  if (offline) return { words: 'You are offline. What you write is kept and sent then.', action: '', does: '' };
  const wait = room?.state === 'joining' ? room.not_before - now : 0;
  if (wait > longest_wait)
    return { words: plain({ code: 'rate_limited', retry_after: wait / 1000 }), action: '', does: '' };
  const silence = room?.face.silence(now);
  if (!silence) return { words: '', action: '', does: '' };
  const can_join = silence.code === 'read_only' && silence.post === 'members' && room.face.is_open;
  return {
    words: plain(silence, new Date(now)),
    ...(can_join ? { action: 'Become a member', does: 'become_member' } : { action: '', does: '' }),
  };
}

/// After a removal from an open room there is nothing against coming back.
function gone_banner({ name, gone, gone_reason, is_missing, face }) {
  if (is_missing) return { words: `There is no room “${name}”.`, action: 'Create it', does: 'create' };
  if (gone_reason === 'removed' && face.is_open) return { words: gone, action: 'Enter again', does: 'enter_again' };
  return { words: gone, action: 'Remove from my rooms', does: 'leave' };
}
