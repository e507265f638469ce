/// Storage that outlives a reload. Every key begins with `greenroom.`; a storage that is full or forbidden is not an error.

/// One JSON value under one key.
export function json_store(storage, key, otherwise) {
  return {
    get() {
      try {
        return JSON.parse(storage.getItem(key)) ?? otherwise;
      } catch {
        return otherwise;
      }
    },
    set(value) {
      try {
        storage.setItem(key, JSON.stringify(value));
      } catch {
        // It is not kept, then.
      }
    },
    clear() {
      try {
        storage.removeItem(key);
      } catch {
        // There is nothing to remove.
      }
    },
  };
}

/// Values by the rooms' keys, kept in `store`: how far each was read, what is written there and isn't sent yet. A room may
/// be called `constructor`, so there is nothing in the object but what was put there.
export function by_room(store) {
  const values = Object.assign(Object.create(null), store.get());
  return {
    get: (key) => values[key] ?? null,
    set(key, value) {
      if (value) values[key] = value;
      else delete values[key];
      store.set(values);
    },
  };
}

/// The signed-in user, `{token, user, expires_at}`: for this tab, or for the device when the person says so.
export function session_store(tab = globalThis.sessionStorage, device = globalThis.localStorage, now = Date.now) {
  const here = json_store(tab, 'greenroom.session', null);
  const kept = json_store(device, 'greenroom.session', null);
  let current = alive(here.get(), now) ?? alive(kept.get(), now);
  return {
    get: () => current,
    set(session, remember) {
      current = session;
      here.set(session);
      if (remember) kept.set(session);
      else kept.clear();
    },
    clear() {
      current = null;
      here.clear();
      kept.clear();
    },
  };
}

function alive(session, now) {
  const ends = Date.parse(session?.expires_at ?? '');
  return session?.token && session.user && !(ends <= now()) ? session : null;
}
