/// Gives the page the looks that were chosen on this device: marks that style.css and colours.css go by.

/// `theme`, `density` and `size` as own_device.js has them.
export function look({ theme, density, size }, { root, body, head } = parts_of(document)) {
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  root.style.fontSize = size === '100' ? '' : `${size}%`;
  body.dataset.density = density;
  // The browser's own frame: in a chosen theme the colour of that one holds, whatever the system says.
  for (const colour of head.querySelectorAll('meta[data-theme]')) {
    const of = colour.dataset.theme;
    colour.media = theme === 'system' ? `(prefers-color-scheme: ${of})` : theme === of ? 'all' : 'not all';
  }
}

function parts_of({ documentElement, body, head }) {
  return { root: documentElement, body, head };
}
