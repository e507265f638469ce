/// Storage that outlives a reload. Every key begins with `greenroom.`; a storage that is full or forbidden is not an error.

/// The storage that `storage()` names, or one that lasts as long as the page, where the browser forbids it.
export function usable(storage) {
  try {
    storage().getItem('greenroom');
    return storage();
  } catch {
    return page_storage();
  }
}

/// With the methods of `localStorage`; gone with the page or the program.
export function page_storage() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
    key: (place) => [...values.keys()][place] ?? null,
    get length() {
      return values.size;
    },
  };
}

/// JSON values, each under a key of its own that begins with `prefix`: so that two tabs don't write over one another. One
/// for which there is no room lasts as long as the page.
export function each_under(storage, prefix) {
  const of = (key) => json_store(storage, prefix + key, null);
  const unkept = new Map();
  return {
    get: (key) => unkept.get(key) ?? of(key).get(),
    set(key, value) {
      unkept.delete(key);
      if (value === null) of(key).clear();
      else if (!of(key).set(value)) unkept.set(key, value);
    },
    keys() {
      const all = Array.from({ length: storage.length }, (_, place) => storage.key(place));
      const kept = all.filter((key) => key?.startsWith(prefix)).map((key) => key.slice(prefix.length));
      return [...new Set([...kept, ...unkept.keys()])];
    },
  };
}

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
    /// Returns whether it is kept.
    set(value) {
      try {
        storage.setItem(key, JSON.stringify(value));
        return true;
      } catch {
        return false;
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

/// The signed-in user, `{csrf, user, expires_at}`: for this tab, or for the device when the person says so. The token isn't
/// kept here: a cookie has it, that no script can read; or, where there are no cookies, it lasts as long as the page.
export function session_store(tab, device, now = Date.now) {
  const here = json_store(tab, 'greenroom.session', null);
  const kept = json_store(device, 'greenroom.session', null);
  let current = alive(here.get(), now) ?? alive(kept.get(), now);
  // As long as a session's end could not be told to the server, its word is here.
  const leaving = json_store(device, 'greenroom.leaving', null);
  return {
    get: () => current,
    /// Whether it outlives the tab: this is no computer that others use.
    get is_remembered() {
      return Boolean(current?.csrf) && kept.get()?.csrf === current.csrf;
    },
    set(session, remember) {
      current = session;
      here.clear();
      kept.clear();
      leaving.clear();
      if (!session.token) (remember ? kept : here).set(session);
    },
    clear() {
      // Another tab may have signed in meanwhile.
      if (kept.get()?.csrf === current?.csrf) kept.clear();
      here.clear();
      current = null;
    },
    /// Another tab of this device has signed in or out. Whether somebody else is signed in now than was before, or nobody.
    heard() {
      if (current?.token || here.get()) return false;
      const before = current?.user;
      current = alive(kept.get(), now);
      return current?.user !== before;
    },
    leaving,
  };
}

function alive(session, now) {
  const ends = Date.parse(session?.expires_at ?? '');
  return session?.csrf && session.user && !(ends <= now()) ? session : null;
}
