/// The page's dialogs about invite links: those of a room, and the question to somebody who came by one. They show what
/// they are told and say what the person does.

import { element, renew } from './elements.js';
import { fill } from './filling.js';
import { invitation_dialog, links_dialog } from './invite_dialogs.js';
import { default_life, default_uses, invite_words, lives } from './invites.js';
import { say } from './say_more.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `more.js`.
export class invite_panels {
  #answer = null;

  constructor(acts) {
    this.acts = acts;
    document.body.append(links_dialog(), invitation_dialog());
    by_id('link-end').replaceChildren(
      ...lives.map((seconds) => element('option', { value: String(seconds), say: `length_${seconds}` })),
    );
    this.#wire_links();
    this.#wire_invitation();
  }

  /// Another room, or none: what is open belongs to the last one.
  reset() {
    by_id('invites').close();
    renew(by_id('links'), []);
  }

  // ---- a room's links --------------------------------------------------------------------------------------------

  /// Invites that work, null while they aren't here; `more`: whether there is another page.
  show_invites({ list, more, now }) {
    const items = (list ?? []).map((invite) => this.#invite(invite, now));
    renew(by_id('links'), items.length || !list ? items : [element('li', { className: 'hint' }, say('none'))]);
    by_id('links-more').hidden = !more;
  }

  /// The link that was made. It is forgotten when the dialog is closed.
  show_link(url) {
    by_id('link-made').hidden = false;
    by_id('link').value = url;
    this.invites_told(say('invite_made'));
    by_id('link-copy').focus();
  }

  invite_link_fault(text) {
    by_id('link-fault').textContent = text;
    by_id('link-uses').setAttribute('aria-invalid', String(Boolean(text) && !by_id('link-any').checked));
    if (text) by_id(by_id('link-any').checked ? 'link-end' : 'link-uses').focus();
  }

  invites_told(text) {
    by_id('link-words').textContent = text;
  }

  #invite({ id, ...invite }, now) {
    const words = invite_words(invite, now);
    return element(
      'li',
      { dataset: { invite: id } },
      element('span', { className: 'name' }, words),
      element(
        'button',
        {
          type: 'button',
          className: 'quiet',
          'aria-label': say('invite_take_back', { what: words }),
          dataset: { focus: id },
          onclick: () => this.#revoke(id),
        },
        say('take_back'),
      ),
    );
  }

  /// The button is gone afterwards: the next one gets the focus, or the list's title.
  async #revoke(id) {
    const items = [...by_id('links').querySelectorAll('[data-invite]')];
    const place = items.findIndex((item) => item.dataset.invite === id);
    await this.acts.revoke_invite(id);
    // The list is drawn with the next frame.
    requestAnimationFrame(() => {
      if (!by_id('invites').open || by_id('links').contains(document.activeElement)) return;
      const left = [...by_id('links').querySelectorAll('button')];
      (left[Math.min(place, left.length - 1)] ?? by_id('links-title')).focus();
    });
  }

  open_links() {
    by_id('link-form').reset();
    by_id('link-uses').value = String(default_uses);
    by_id('link-uses').disabled = false;
    by_id('link-end').value = String(default_life);
    this.#forget_link();
    this.invite_link_fault('');
    this.invites_told('');
    by_id('invites').showModal();
    this.acts.invites_shown();
  }

  #forget_link() {
    by_id('link-made').hidden = true;
    by_id('link').value = '';
  }

  /// Where the page may not write the clipboard, the link is marked for the keys that do.
  async #copy() {
    by_id('link').focus();
    by_id('link').select();
    try {
      await navigator.clipboard.writeText(by_id('link').value);
      this.invites_told(say('invite_copied'));
      by_id('link-copy').focus();
    } catch {
      this.invites_told(say('invite_marked'));
    }
  }

  #wire_links() {
    by_id('invites-close').addEventListener('click', () => by_id('invites').close());
    by_id('invites').addEventListener('close', () => this.#forget_link());
    by_id('links-more').addEventListener('click', () => this.acts.more_invites());
    by_id('link-copy').addEventListener('click', () => this.#copy());
    by_id('link-any').addEventListener('change', (event) => {
      by_id('link-uses').disabled = event.target.checked;
    });
    by_id('link-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      by_id('link-yes').disabled = true;
      try {
        await this.acts.make_invite({
          uses: by_id('link-uses').value,
          any: by_id('link-any').checked,
          seconds: Number(by_id('link-end').value),
        });
      } finally {
        by_id('link-yes').disabled = false;
      }
    });
  }

  // ---- somebody who came by a link -------------------------------------------------------------------------------

  /// Asks whether `user` joins; `fault` says why it didn't work just now, and without a `yes` there is only the end.
  /// Resolves to `yes`, `no`, or null where the question was taken away.
  ask_invitation({ user, fault, yes }) {
    by_id('invitation-words').textContent = say('invite_question', { user });
    by_id('invitation-words').hidden = Boolean(fault);
    by_id('invitation-fault').textContent = fault;
    by_id('invitation-yes').hidden = !yes;
    by_id('invitation-yes').disabled = false;
    by_id('invitation-yes').textContent = yes;
    fill(by_id('invitation-no'), yes ? 'not_now' : 'close');
    if (!by_id('invitation').open) by_id('invitation').showModal();
    by_id(yes ? 'invitation-yes' : 'invitation-no').focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  close_invitation() {
    this.#answered(null);
    by_id('invitation').close();
  }

  #answered(answer) {
    this.#answer?.(answer);
    this.#answer = null;
  }

  #wire_invitation() {
    by_id('invitation-no').addEventListener('click', () => by_id('invitation').close());
    by_id('invitation').addEventListener('close', () => this.#answered('no'));
    by_id('invitation-form').addEventListener('submit', (event) => {
      event.preventDefault();
      by_id('invitation-yes').disabled = true;
      this.#answered('yes');
    });
  }
}
