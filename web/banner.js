/// The line above the field: the one thing that keeps this person from talking here, and what can be done about it. Pure.

import { plain } from '../clients/js/src/errors.js';
import { can_say } from '../clients/js/src/saying.js';
import { say } from './say.js';

/// For so long a room is entered without a word, in milliseconds.
const longest_wait = 5000;

/// The state of the connection in a word or two.
export function connection_words(name, offline) {
  const key = `connection_${offline && name !== 'stopped' ? 'offline' : name}`;
  return can_say(key) ? say(key) : '';
}

/// `{words, action, does}`, empty where all is well: `action` are the words on the button, `does` is `leave`, `enter_again`,
/// `retry`, `create` or `become_member`. `state` is the socket's.
export function banner_of({ room, state: { name, until, words = '' }, offline, now }) {
  if (room?.state === 'gone') return gone_banner(room);
  if (name === 'stopped') return { words, action: say('connect_again'), does: 'retry' };
  if (name === 'waiting') {
    const seconds = Math.max(0, Math.ceil((until - now) / 1000));
    const when = seconds > 1 ? say('retry_in', { n: seconds }) : say('retrying');
    return {
      words: `${offline ? say('offline') : words} ${when} ${say('kept_and_sent')}`,
      action: say('retry_now'),
      does: 'retry',
    };
  }
  if (offline) return { words: `${say('offline')} ${say('kept_and_sent')}`, action: '', does: '' };
  const wait = room?.state === 'joining' ? room.not_before - now : 0;
  if (wait > longest_wait)
    return { words: plain({ code: 'rate_limited', retry_after: wait / 1000 }), action: '', does: '' };
  const silence = room?.face.silence(now);
  if (!silence) return { words: '', action: '', does: '' };
  const can_join = silence.code === 'read_only' && silence.post === 'members' && room.face.is_open;
  return {
    words: plain(silence, new Date(now)),
    ...(can_join ? { action: say('become_member'), does: 'become_member' } : { action: '', does: '' }),
  };
}

/// After a removal from an open room there is nothing against coming back.
function gone_banner({ name, gone, gone_reason, is_missing, face }) {
  if (is_missing) return { words: say('no_room', { name }), action: say('create_it'), does: 'create' };
  if (gone_reason === 'removed' && face.is_open) return { words: gone, action: say('enter_again'), does: 'enter_again' };
  return { words: gone, action: say('remove_from_mine'), does: 'leave' };
}
