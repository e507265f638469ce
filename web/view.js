/// The page, but for the list of messages and for what is about people and running a room. It shows what it is told and
/// says what the person does; it decides nothing and knows no network.

import { shown_name } from '../clients/js/src/direct.js';
import { number_words } from '../clients/js/src/saying.js';
import { composer_panel } from './composer_panel.js';
import { composing_panel } from './composing_panel.js';
import { avatar, element, icon, said } from './elements.js';
import { fill } from './filling.js';
import { shortcut_of } from './keys.js';
import { mention_button } from './mention_button.js';
import { message_list } from './message_list.js';
import { notify_panel } from './notify_panel.js';
import { people_panel } from './people_panel.js';
import { rooms_panel } from './rooms_panel.js';
import { say } from './say.js';
import { unread_panel } from './unread_panel.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class page {
  #people_wanted = false;
  #opener = null;

  constructor(acts) {
    this.acts = acts;
    this.narrow = matchMedia('(max-width: 52rem)');
    this.people = new people_panel(acts);
    this.composing = new composing_panel(acts);
    this.notify = new notify_panel(acts);
    this.rooms = new rooms_panel(acts);
    this.mentions = new mention_button(acts);
    this.unread = new unread_panel(acts);
    this.composer = new composer_panel(acts, {
      said: () => this.list.to_bottom(),
      toast: (text) => this.toast(text),
      announce: (text) => this.announce(text),
    });
    this.list = new message_list({
      scroller: by_id('scroller'),
      list: by_id('messages'),
      on_top: () => acts.load('older'),
      on_bottom: () => acts.load('newer'),
      on_moved: () => acts.moved(),
      on_load: (range) => acts.load(range),
      on_deeds: (seq) => acts.choose_on_message(seq),
      on_react: (seq, text) => acts.react(seq, text),
      on_jump: (seq) => acts.jump(seq),
      on_reveal: (seqs) => acts.reveal(seqs),
      on_person: (name) => acts.choose(name),
      on_key: (seq, what) => acts.begin_on_message(seq, what),
      on_retry: (id) => {
        acts.retry(id);
        this.composer.focus();
      },
      on_discard: (id) => {
        acts.discard(id);
        this.composer.focus();
      },
    });
    this.#wire_gate();
    this.#wire_rooms();
    this.#wire_people();
    this.#wire_latest();
    this.#wire_dialog();
    by_id('skip').addEventListener('click', (event) => {
      event.preventDefault();
      this.composer.focus();
    });
    document.addEventListener('keydown', (event) => this.#pressed(event));
    this.narrow.addEventListener('change', () => this.#close_drawers());
  }

  // ---- the gate: sign in, register -------------------------------------------------------------------------------

  /// `invited`: whether somebody came by an invite.
  show_gate({ notice = '', name = '', invited = false } = {}) {
    document.body.dataset.screen = 'gate';
    by_id('app').hidden = true;
    by_id('gate').hidden = false;
    document.title = 'Greenroom';
    this.#gate_mode('login');
    this.gate_notice(notice);
    fill(by_id('gate-lead'), invited ? 'lead_invited' : 'lead');
    this.#reset_panels();
    this.mentions.show({ shown: false, calls: 0 });
    by_id('password').value = '';
    if (name) by_id('username').value = name;
    by_id(by_id('username').value ? 'password' : 'username').focus();
  }

  gate_notice(text) {
    by_id('gate-notice').hidden = !text;
    by_id('gate-notice').textContent = text;
  }

  gate_fault(field, text) {
    by_id(`${field}-fault`).textContent = text;
    by_id(field).setAttribute('aria-invalid', String(Boolean(text)));
    if (text) by_id(field).focus();
  }

  gate_busy(busy) {
    by_id('gate-submit').disabled = busy;
    by_id('gate-submit').setAttribute('aria-busy', String(busy));
    // A button that can't be pressed loses the focus.
    if (!busy && !by_id('gate').hidden && !by_id('gate-form').contains(document.activeElement)) by_id('password').focus();
  }

  #wire_gate() {
    by_id('gate-switch').addEventListener('click', () => {
      this.#gate_mode(this.mode === 'login' ? 'register' : 'login');
      this.gate_notice('');
      by_id('username').focus();
    });
    by_id('gate-form').addEventListener('submit', (event) => {
      event.preventDefault();
      for (const field of ['username', 'password']) this.gate_fault(field, '');
      this.acts.sign_in({
        mode: this.mode,
        name: by_id('username').value.trim(),
        password: by_id('password').value,
        remember: by_id('remember').checked,
      });
    });
  }

  #gate_mode(mode) {
    const registering = mode === 'register';
    this.mode = mode;
    by_id('gate-form').dataset.mode = mode;
    fill(by_id('gate-title'), registering ? 'create_account' : 'sign_in');
    fill(by_id('gate-submit'), registering ? 'create_account_now' : 'sign_in');
    fill(by_id('gate-question'), registering ? 'have_account' : 'new_here');
    fill(by_id('gate-switch'), registering ? 'sign_in' : 'create_account');
    by_id('password').autocomplete = registering ? 'new-password' : 'current-password';
    by_id('password-hint').hidden = !registering;
    for (const field of ['username', 'password']) {
      by_id(`${field}-fault`).textContent = '';
      by_id(field).removeAttribute('aria-invalid');
    }
  }

  // ---- rooms -----------------------------------------------------------------------------------------------------

  show_app(me) {
    document.body.dataset.screen = 'app';
    by_id('gate').hidden = true;
    by_id('app').hidden = false;
    by_id('me-name').textContent = me;
    by_id('me-avatar').replaceWith(Object.assign(avatar(me), { id: 'me-avatar' }));
    by_id('room-filter').value = '';
  }

  #wire_rooms() {
    by_id('rooms-open').addEventListener('click', () => this.#open_drawer('rooms', by_id('rooms-open')));
    by_id('rooms-close').addEventListener('click', () => this.#close_drawers());
    by_id('shade').addEventListener('click', () => this.#close_drawers());
    by_id('sign-out').addEventListener('click', () => this.acts.sign_out());
    by_id('account-open').addEventListener('click', () => this.acts.open('own'));
    by_id('enter-lobby').addEventListener('click', () => this.acts.enter_lobby());
    for (const id of ['room-new', 'welcome-new']) by_id(id).addEventListener('click', () => this.open_new_room());
    by_id('rooms').addEventListener('click', (event) => {
      if (event.target.closest('a[data-room]')) this.#close_drawers(false);
    });
  }

  #open_drawer(id, opener) {
    this.#close_drawers(false);
    this.#opener = opener;
    by_id(id).classList.add('open');
    by_id('shade').hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    by_id('conversation').inert = true;
    by_id(id).querySelector('button, input, a')?.focus();
  }

  #close_drawers(refocus = true) {
    for (const id of ['rooms', 'people']) by_id(id).classList.remove('open');
    by_id('shade').hidden = true;
    by_id('conversation').inert = false;
    by_id('rooms-open').setAttribute('aria-expanded', 'false');
    this.#show_people_column();
    if (refocus) this.#opener?.focus();
    this.#opener = null;
  }

  // ---- the room --------------------------------------------------------------------------------------------------

  show_welcome() {
    by_id('talk').hidden = true;
    by_id('welcome').hidden = false;
    by_id('people-toggle').hidden = true;
    by_id('topic-edit').hidden = true;
    by_id('room-title').replaceChildren(said('welcome'));
    by_id('room-about').textContent = by_id('room-topic').textContent = '';
    this.list.reset();
    this.#reset_panels();
    this.#close_drawers(false);
    if (!by_id('app').contains(document.activeElement)) by_id('room-title').focus();
  }

  #reset_panels() {
    this.people.reset();
    this.composing.show_composing('');
  }

  /// Turns to another room; its draft comes back.
  enter_room(room, draft) {
    this.list.reset();
    this.#reset_panels();
    by_id('welcome').hidden = true;
    by_id('talk').hidden = false;
    by_id('people-toggle').hidden = false;
    this.composer.replace(draft);
    this.#close_drawers(false);
    this.composer.fault('');
    if (!this.narrow.matches) this.composer.focus();
    else by_id('room-title').focus();
  }

  /// `silenced`: whether this user can't write here now; `about` says in a few words what the room is.
  show_room(room, { about, silenced }) {
    const { face } = room;
    const gone = room.state === 'gone';
    const owned = face.role === 'owner';
    const shown = shown_name(room.name, face.me);
    by_id('conversation').dataset.room = room.name;
    by_id('conversation').dataset.state = room.state;
    by_id('conversation').dataset.role = face.role ?? 'none';
    by_id('room-title').replaceChildren(
      ...(face.is_told || face.nature !== 'room' ? [icon(room.is_private ? 'lock' : 'hash')] : []),
      element('span', { className: 'name' }, face.title || shown),
    );
    by_id('room-about').textContent = about;
    by_id('room-topic').textContent = face.topic;
    by_id('room-topic').title = face.topic;
    by_id('composer-text').placeholder = silenced ? say('cannot_write') : say('message_to', { room: shown });
    by_id('composer-text').disabled = gone;
    by_id('composer-text').readOnly = silenced;
    by_id('composer-send').disabled = gone || silenced;
    by_id('people-count').textContent = number_words(room.presence.count);
    by_id('here-more').hidden = room.presence.unnamed <= 0;
    by_id('here-more').textContent = say('and_others', { n: room.presence.unnamed });
    by_id('membership').hidden = gone || !(face.known || room.is_private);
    by_id('room-leave').textContent = say(
      gone ? 'remove_from_mine' : ({ direct: 'close_conversation', group: 'leave_group' }[face.nature] ?? 'leave_room'),
    );
    // The owner of a private room stays in it: they hand it over first, or delete it.
    by_id('room-leave').hidden = owned && face.known && room.is_private && !gone;
    by_id('room-delete').hidden = !owned || gone;
    this.people.show_running(face.moderates && !gone);
  }

  show_typing(words) {
    const line = by_id('typing');
    if (line.dataset.words === words) return;
    line.dataset.words = words;
    line.replaceChildren(
      ...(words
        ? [
            element('span', { className: 'dots', 'aria-hidden': 'true' }, element('i'), element('i'), element('i')),
            words,
          ]
        : []),
    );
  }

  /// The line above the field: what is wrong, and one thing to do about it.
  show_banner(words, action = '', act = null) {
    by_id('banner').hidden = !words;
    by_id('banner-action').hidden = !action;
    if (by_id('banner-words').textContent !== words) by_id('banner-words').textContent = words;
    by_id('banner-action').textContent = action;
    by_id('banner-action').onclick = act;
  }

  show_connection(name, words) {
    by_id('connection').dataset.state = name;
    by_id('connection').textContent = words;
  }

  to_latest() {
    this.acts.latest();
    this.list.to_bottom();
    this.composer.focus();
  }

  show_latest(shown, unseen) {
    by_id('to-latest').hidden = !shown;
    by_id('to-latest-words').textContent = unseen ? say('new_messages', { n: unseen }) : say('latest');
  }

  #wire_latest() {
    by_id('to-latest').addEventListener('click', () => this.to_latest());
  }

  // ---- people ----------------------------------------------------------------------------------------------------

  #wire_people() {
    this.#people_wanted = matchMedia('(min-width: 72rem)').matches;
    by_id('people-toggle').addEventListener('click', () => {
      if (this.narrow.matches) {
        by_id('people').hidden = false;
        this.#open_drawer('people', by_id('people-toggle'));
      } else {
        this.#people_wanted = !this.#people_wanted;
        this.#show_people_column();
      }
      this.acts.people_shown();
    });
    by_id('people-close').addEventListener('click', () => {
      this.#people_wanted = false;
      this.#opener = by_id('people-toggle');
      this.#close_drawers();
    });
    by_id('room-leave').addEventListener('click', () => this.acts.leave());
    by_id('room-delete').addEventListener('click', () => this.acts.delete_room());
  }

  /// Whether the lists of people are looked at.
  get people_shown() {
    return !by_id('people').hidden && (!this.narrow.matches || by_id('people').classList.contains('open'));
  }

  #show_people_column() {
    const shown = !by_id('talk').hidden && (this.narrow.matches || this.#people_wanted);
    by_id('people').hidden = !shown;
    by_id('people-toggle').setAttribute('aria-expanded', String(shown && !this.narrow.matches));
  }

  // ---- dialogs, notes --------------------------------------------------------------------------------------------

  open_new_room(name = '') {
    by_id('new-room-form').reset();
    by_id('new-room-name').value = name;
    by_id('new-room-people').hidden = true;
    this.new_room_fault('');
    by_id('new-room').showModal();
    by_id('new-room-name').focus();
  }

  new_room_fault(text) {
    by_id('new-room-fault').textContent = text;
    if (text) by_id('new-room-name').focus();
  }

  #wire_dialog() {
    by_id('new-room-private').addEventListener('change', (event) => {
      by_id('new-room-people').hidden = !event.target.checked;
    });
    by_id('new-room-cancel').addEventListener('click', () => by_id('new-room').close());
    by_id('new-room-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const members = by_id('new-room-members')
        .value.split(/[\s,;]+/)
        .filter(Boolean);
      const is_private = by_id('new-room-private').checked;
      const made = await this.acts.create_room({
        name: by_id('new-room-name').value.trim(),
        is_private,
        members: is_private ? members : [],
      });
      if (made) by_id('new-room').close();
    });
  }

  /// Asks a question that is answered by yes or no.
  ask({ title, words, yes, danger = false }) {
    const dialog = by_id('ask');
    by_id('ask-title').textContent = title;
    by_id('ask-words').textContent = words;
    by_id('ask-yes').textContent = yes;
    by_id('ask-yes').classList.toggle('danger', danger);
    dialog.returnValue = 'no';
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
    });
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(say('copied_note'));
    } catch {
      this.toast(say('copy_forbidden'));
    }
  }

  /// A note that goes away by itself.
  toast(text) {
    const note = element('p', { className: 'toast' }, text);
    by_id('toasts').append(note);
    while (by_id('toasts').children.length > 3) by_id('toasts').firstChild.remove();
    setTimeout(() => note.remove(), 7000);
  }

  /// For screen readers only, and only for as long as it takes to say: it may be removed in the room meanwhile.
  announce(text) {
    // More than that nobody could listen to.
    if (by_id('announcer').children.length >= 5) return;
    const line = element('p', {}, text);
    by_id('announcer').append(line);
    setTimeout(() => line.remove(), 5000);
  }

  #pressed(event) {
    if (by_id('app').hidden || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const does = shortcut_of(event, { typing: Boolean(event.target.closest?.('input, textarea, select')) });
    if (does) {
      event.preventDefault();
      this.acts.press(does);
    } else if (event.key === 'Escape') this.#escape(event);
  }

  /// To the next part of the page, or the one before.
  to_area(step) {
    const parts = ['rooms', 'scroller', 'composer', 'people'].map(by_id).filter((part) => part.checkVisibility());
    const at = parts.findIndex((part) => part.contains(document.activeElement));
    const part = parts[((at < 0 && step < 0 ? 0 : at) + step + parts.length) % parts.length];
    const inside = [...part.querySelectorAll('input, textarea, button, a')].find((each) => each.checkVisibility() && !each.disabled);
    (part.matches('[tabindex]') ? part : inside)?.focus();
  }

  #escape(event) {
    if (!by_id('shade').hidden) this.#close_drawers();
    else if (event.target === by_id('room-filter') && this.rooms.filter) return;
    else if (this.composing.composes) this.acts.cancel_composing();
    else if (!by_id('talk').hidden && !this.list.following) by_id('to-latest').click();
    else this.composer.focus();
  }
}
