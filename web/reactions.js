/// Reactions: which are offered, which can be, and what pressing one does. Pure.

import { bytes_of } from '../clients/js/src/text.js';
import { say } from './say.js';

export const offered = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

const max_bytes = 32;

/// Why a text can't be a reaction, or an empty string.
export function reaction_fault(text) {
  if (!text) return say('enter_reaction');
  const over = bytes_of(text) - max_bytes;
  if (over > 0) return say('too_long_bytes', { n: over });
  return /\p{Cc}/u.test(text) ? say('not_text') : '';
}

/// The act that gives a message this reaction, or takes one's own back.
export function toggled({ seq, reactions = [] }, text) {
  const mine = reactions.some((each) => each.text === text && each.mine);
  return { kind: mine ? 'unreact' : 'react', target: seq, text };
}
