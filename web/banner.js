/// The line above the field: the one thing that keeps this person from talking here, and what can be done about it. Pure.

import { plain } from './words.js';

/// The state of the connection in a word or two.
export function connection_words(name, offline) {
  if (name === 'waiting') return offline ? 'Offline' : 'Reconnecting…';
  return { open: 'Connected', connecting: 'Connecting…', stopped: 'Not connected' }[name] ?? '';
}

/// `{words, action, does}`, empty where all is well: `action` are the words on the button, `does` is `leave`, `enter_again`,
/// `retry` or `become_member`. `state` is the socket's.
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
  const silence = room?.face.silence(now);
  if (!silence) return { words: '', action: '', does: '' };
  const can_join = silence.code === 'read_only' && silence.post === 'members' && room.face.is_open;
  return {
    words: plain(silence, new Date(now)),
    ...(can_join ? { action: 'Become a member', does: 'become_member' } : { action: '', does: '' }),
  };
}

/// After a removal from an open room there is nothing against coming back.
function gone_banner({ gone, gone_reason, face }) {
  if (gone_reason === 'removed' && face.is_open) return { words: gone, action: 'Enter again', does: 'enter_again' };
  return { words: gone, action: 'Remove from my rooms', does: 'leave' };
}
