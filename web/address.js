/// What the address bar says behind its `#`. Pure.

const most_invite = 200;

/// `{room}`, as in `#/lobby`, or `{invite}`, as in `#invite=…`; a room of '' where it says nothing that can be read.
export function address_of(hash) {
  const words = decoded(hash.replace(/^#\/?/, ''));
  const [, invite] = words.match(/^invite=(.*)$/s) ?? [];
  if (invite === undefined) return { room: words };
  return invite.length <= most_invite ? { invite: invite.trim() } : { invite: '' };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
