/// What the keys and the list of places do (see keys.js, switching.js): going somewhere, opening something.

/// `life()` has `user` and `talk` of who is signed in; `current()` is the open room or null; `open(dialog)` opens one.
export class going {
  #does;

  constructor({ life, view, current, catalog, people, contacts, way, open }) {
    Object.assign(this, { life, current, catalog, people, contacts, way });
    this.#does = {
      switch: () => open('switch'),
      help: () => open('help'),
      next_room: () => view.rooms.go(1),
      previous_room: () => view.rooms.go(-1),
      next_unread: () => view.rooms.go(1, { unread: true }),
      previous_unread: () => view.rooms.go(-1, { unread: true }),
      next_area: () => view.to_area(1),
      previous_area: () => view.to_area(-1),
      read_all: () => life().talk.listed().forEach((room) => life().talk.mark_read(room)),
      mentions: () => open('mentions'),
      new_room: () => view.open_new_room(),
      own: () => open('own'),
    };
  }

  /// Does what a shortcut means.
  press(does) {
    this.#does[does]();
  }

  /// Whether there is something of that name to do.
  knows(does) {
    return does in this.#does;
  }

  /// What there is to go to, as `places` of switching.js takes it.
  known_places() {
    const { talk, user } = this.life();
    const here = this.current();
    return {
      rooms: talk.listed().filter((room) => !room.is_missing),
      others: this.catalog.rooms.map(({ room }) => room),
      people: here ? [...here.presence.sorted(), ...this.people.names] : [],
      me: user,
      recent: this.way.recent,
    };
  }

  go_to({ type, name }) {
    if (type === 'command') this.press(name);
    else if (type === 'person') this.contacts.carry_out({ contact: 'message', user: name });
    else this.way.go(name);
  }
}
