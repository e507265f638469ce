/// The page's shortcuts: one table, by which keys are understood and from which the help is drawn. Pure.

/// `does` is what main.js carries out; without it the shortcut is the message field's or the list's own.
export const shortcuts = [
  { does: 'switch', keys: ['Ctrl+K'], words: 'Go to a room or a person, or do something' },
  { does: 'next_room', keys: ['Alt+ArrowDown'], words: 'The next of your rooms' },
  { does: 'previous_room', keys: ['Alt+ArrowUp'], words: 'The one before' },
  { does: 'next_unread', keys: ['Alt+Shift+ArrowDown'], words: 'The next room with something unread' },
  { does: 'previous_unread', keys: ['Alt+Shift+ArrowUp'], words: 'The one before with something unread' },
  { does: 'mentions', keys: ['Alt+M'], words: 'What mentions you' },
  { keys: ['Escape'], words: 'To the newest message: the room is read' },
  { does: 'read_all', keys: ['Shift+Escape'], words: 'All rooms are read' },
  { does: 'next_area', keys: ['F6'], words: 'To the next part of the page: rooms, messages, the field, people' },
  { does: 'previous_area', keys: ['Shift+F6'], words: 'To the part before' },
  { keys: ['ArrowDown'], words: 'Among the messages: to the next one, ↑ to the one before; Enter shows what can be done with it' },
  { keys: ['R', 'E', ':', 'U'], words: 'On a message: reply, edit, react, unread from here' },
  { keys: ['Enter'], words: 'Sends; on a touch screen it begins a line' },
  { keys: ['Shift+Enter'], words: 'Begins a line' },
  { keys: ['ArrowUp'], words: 'In an empty field: edits your last message' },
  { keys: ['Tab'], words: 'Takes the name or the emoji that is offered, behind an @ or a colon' },
  { does: 'help', keys: ['?', 'Ctrl+/'], words: 'These shortcuts' },
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

const shown = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

/// The keys of a shortcut as they are shown: `['Alt', '↓']`.
export function shown_keys(keys) {
  return keys.split('+').map((each) => shown[each] ?? each);
}
