/// The page's lists of people, and the way to what can be done in the room. It shows what it is told and says what the person
/// does.

import { avatar, element, icon, renew } from './elements.js';
import { say } from './say.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class people_panel {
  constructor(acts) {
    this.acts = acts;
    this.#wire_people();
    for (const [id, dialog] of Object.entries({
      'room-settings': 'settings',
      'topic-edit': 'topic',
      'room-invites': 'invites',
      'room-sanctions': 'sanctions',
      'room-audit': 'audit',
    }))
      by_id(id).addEventListener('click', () => acts.open(dialog));
    this.pins = element(
      'button',
      { id: 'pins-open', type: 'button', className: 'quiet', 'aria-haspopup': 'dialog', say: 'pinned_messages', onclick: () => acts.open('pins') },
    );
    by_id('membership').before(this.pins);
  }

  /// Another room, or none.
  reset() {
    renew(by_id('members'), []);
  }

  /// `moderates`: whether this user runs the room.
  show_running(moderates) {
    by_id('running').hidden = by_id('topic-edit').hidden = !moderates;
  }

  /// People are `{name, role, deeds}`: whether something can be done with them.
  show_here(people) {
    renew(
      by_id('here'),
      people.map((each) => this.#person(each, 'here')),
    );
  }

  /// `adds`: whether this user may add somebody.
  show_members({ people, more, adds }) {
    renew(
      by_id('members'),
      people.map((each) => this.#person(each, 'member')),
    );
    by_id('members-more').hidden = !more;
    by_id('invite').hidden = !adds;
  }

  invite_fault(text) {
    by_id('invite-fault').textContent = text;
  }

  #person({ name, role, deeds }, list) {
    return element(
      'li',
      { dataset: { user: name, ...(role ? { role } : {}) } },
      avatar(name),
      element('span', { className: 'name' }, name),
      ['owner', 'moderator'].includes(role) ? element('span', { className: 'role' }, say(`role_${role}`)) : null,
      deeds
        ? element(
            'button',
            {
              type: 'button',
              className: 'round small',
              'aria-label': say('do_with', { name }),
              title: say('do_with', { name }),
              'aria-haspopup': 'dialog',
              dataset: { focus: `${list}-${name}` },
              onclick: () => this.acts.choose(name),
            },
            icon('more'),
          )
        : null,
    );
  }

  #wire_people() {
    by_id('members-more').addEventListener('click', () => this.acts.more_members());
    by_id('invite').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (await this.acts.invite(by_id('invite-name').value.trim())) by_id('invite-name').value = '';
      by_id('invite-name').focus();
    });
  }
}
