/// The button that opens the list of messages that mention this user. It shows what it is told.

import { element, said } from './elements.js';
import { say } from './say.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class mention_button {
  constructor(acts) {
    this.acts = acts;
    this.#make_button();
  }

  /// `calls`: how many are unread.
  show({ shown, calls }) {
    this.open_button.hidden = !shown;
    this.badge.hidden = !calls;
    this.badge.textContent = calls > 99 ? '99+' : String(calls);
    this.open_button.setAttribute('aria-label', calls ? say('mentions_unread', { n: calls }) : say('mentions'));
  }

  #make_button() {
    this.badge = element('span', { id: 'mentions-badge', className: 'badge', hidden: true, 'aria-hidden': 'true' });
    this.open_button = element(
      'button',
      {
        id: 'mentions-open',
        type: 'button',
        className: 'quiet',
        hidden: true,
        say_title: 'mentions_key',
        'aria-haspopup': 'dialog',
        onclick: () => this.acts.open('mentions'),
      },
      element('span', {}, '@ ', said('mentions')),
      this.badge,
    );
    by_id('joined-title').before(this.open_button);
  }
}
