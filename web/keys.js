/// The page's shortcuts: one table, by which keys are understood and from which the help is drawn. Pure.

/// `does` is what main.js carries out; without it the shortcut is the message field's or the list's own, and has a `name`.
export const shortcuts = [
  { does: 'switch', keys: ['Ctrl+K'] },
  { does: 'next_room', keys: ['Alt+ArrowDown'] },
  { does: 'previous_room', keys: ['Alt+ArrowUp'] },
  { does: 'next_unread', keys: ['Alt+Shift+ArrowDown'] },
  { does: 'previous_unread', keys: ['Alt+Shift+ArrowUp'] },
  { does: 'mentions', keys: ['Alt+M'] },
  { name: 'newest', keys: ['Escape'] },
  { does: 'read_all', keys: ['Shift+Escape'] },
  { does: 'next_area', keys: ['F6'] },
  { does: 'previous_area', keys: ['Shift+F6'] },
  { name: 'messages', keys: ['ArrowDown'] },
  { name: 'on_message', keys: ['R', 'E', ':', 'U'] },
  { name: 'send', keys: ['Enter'] },
  { name: 'line', keys: ['Shift+Enter'] },
  { name: 'edit_last', keys: ['ArrowUp'] },
  { name: 'take', keys: ['Tab'] },
  { does: 'help', keys: ['?', 'Ctrl+/'] },
];

/// What is meant by a key that was pressed, or ''. `typing`: whether it goes into a field, where a sign alone is text.
export function shortcut_of(event, { typing = false } = {}) {
  const pressed = name_of(event);
  if (typing && pressed.length === 1) return '';
  return shortcuts.find(({ does, keys }) => does && keys.includes(pressed))?.does ?? '';
}

/// `Ctrl+K`, `Alt+Shift+ArrowDown`, `?`; on a Mac its own key is Ctrl. Of a sign it doesn't matter how it is made.
function name_of({ key, code = '', ctrlKey, metaKey, altKey, shiftKey }) {
  // With Alt some keyboards make other signs of letters.
  const letter = altKey && /^Key[A-Z]$/.test(code) ? code.slice(3) : key;
  const sign = letter.length === 1 && !/[a-z]/i.test(letter);
  const name = letter.length === 1 ? letter.toUpperCase() : letter;
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey && !sign ? 'Shift' : '', name].filter(Boolean).join('+');
}
