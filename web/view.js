/// The page, but for the list of messages and for what is about people and running a room. It shows what it is told and
/// says what the person does; it decides nothing and knows no network.

import { account_panel } from './account_panel.js';
import { nature_of, shown_name } from './direct.js';
import { direct_list } from './direct_list.js';
import { avatar, element, icon, renew } from './elements.js';
import { invite_panels } from './invite_panels.js';
import { message_list } from './message_list.js';
import { message_panels } from './message_panels.js';
import { room_panels } from './panels.js';
import { count } from './words.js';

const by_id = (id) => document.getElementById(id);

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class page {
  #people_wanted = false;
  #opener = null;

  constructor(acts) {
    this.acts = acts;
    this.narrow = matchMedia('(max-width: 52rem)');
    this.panels = new room_panels(acts, (text) => this.toast(text));
    this.invites = new invite_panels(acts);
    this.account = new account_panel(acts);
    this.messages = new message_panels(acts);
    this.direct = new direct_list();
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
      on_retry: (id) => {
        acts.retry(id);
        this.focus_composer();
      },
      on_discard: (id) => {
        acts.discard(id);
        this.focus_composer();
      },
    });
    this.#wire_gate();
    this.#wire_rooms();
    this.#wire_people();
    this.#wire_composer();
    this.#wire_dialog();
    by_id('skip').addEventListener('click', (event) => {
      event.preventDefault();
      this.focus_composer();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#escape(event);
    });
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
    by_id('gate-lead').textContent = invited
      ? 'You are invited to a room. Sign in, or create an account: then you are asked whether to join it.'
      : 'Rooms to talk in. Nothing you send gets lost.';
    this.#reset_panels();
    this.invites.close_invitation();
    this.account.reset();
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
    by_id('gate-title').textContent = registering ? 'Create an account' : 'Sign in';
    by_id('gate-submit').textContent = registering ? 'Create account' : 'Sign in';
    by_id('gate-question').textContent = registering ? 'Have an account?' : 'New here?';
    by_id('gate-switch').textContent = registering ? 'Sign in' : 'Create an account';
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

  get filter() {
    return by_id('room-filter').value.trim().toLowerCase();
  }

  /// `joined` are rooms of the conversation, `others` are `{room, private}`; `more` shows the button for the next page.
  /// Direct rooms and groups are in a list of their own, as `me` calls them.
  show_rooms({ joined, others, current, me, more, failed = false }) {
    const filter = this.filter;
    const matches = (name) => shown_name(name, me).toLowerCase().includes(filter);
    const is_room = (name) => nature_of(name) === 'room';
    const mine = joined.filter((room) => matches(room.name));
    const rest = others.filter((each) => matches(each.room));
    const joined_item = (room) =>
      room_item({
        name: room.name,
        shown: shown_name(room.name, me),
        is_private: room.is_private,
        unread: room === current ? 0 : room.unread,
        active: room === current,
        gone: room.state === 'gone',
        joined: true,
      });
    const other_item = ({ room, private: is_private }) => room_item({ name: room, shown: shown_name(room, me), is_private });
    const among = (natural) => [
      ...mine.filter(({ name }) => is_room(name) === natural).map(joined_item),
      ...(natural ? [] : rest.filter(({ room }) => !is_room(room)).map(other_item)),
    ];
    renew(by_id('joined-rooms'), among(true));
    this.direct.show(among(false));
    renew(by_id('other-rooms'), rest.filter(({ room }) => is_room(room)).map(other_item));
    by_id('joined-none').hidden = joined.length > 0;
    by_id('other-none').hidden = rest.some(({ room }) => is_room(room));
    by_id('other-none').textContent = failed
      ? 'The list of rooms could not be loaded.'
      : filter
        ? 'No other room has that in its name.'
        : 'No other rooms yet.';
    by_id('rooms-more').hidden = !more;
    const unread = joined.reduce((sum, room) => sum + (room === current ? 0 : room.unread), 0);
    by_id('rooms-badge').hidden = !unread;
    by_id('rooms-badge').textContent = unread > 99 ? '99+' : String(unread);
    by_id('rooms-open').setAttribute('aria-label', unread ? `Rooms, ${unread} unread` : 'Rooms');
    document.title = `${unread ? `(${unread > 99 ? '99+' : unread}) ` : ''}${current ? `${shown_name(current.name, me)} · ` : ''}Greenroom`;
  }

  #wire_rooms() {
    by_id('rooms-open').addEventListener('click', () => this.#open_drawer('rooms', by_id('rooms-open')));
    by_id('rooms-close').addEventListener('click', () => this.#close_drawers());
    by_id('shade').addEventListener('click', () => this.#close_drawers());
    by_id('room-filter').addEventListener('input', () => this.acts.filtered());
    by_id('rooms-more').addEventListener('click', () => this.acts.more_rooms());
    by_id('sign-out').addEventListener('click', () => this.acts.sign_out());
    by_id('enter-lobby').addEventListener('click', () => this.acts.go('lobby'));
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
    by_id('room-title').textContent = 'Welcome';
    by_id('room-about').textContent = by_id('room-topic').textContent = '';
    this.list.reset();
    this.#reset_panels();
    this.#close_drawers(false);
  }

  #reset_panels() {
    this.panels.reset();
    this.invites.reset();
    this.messages.reset();
  }

  /// Turns to another room; its draft comes back.
  enter_room(room, draft) {
    this.list.reset();
    this.#reset_panels();
    by_id('welcome').hidden = true;
    by_id('talk').hidden = false;
    by_id('people-toggle').hidden = false;
    by_id('composer-text').value = draft;
    this.#close_drawers(false);
    this.composer_fault('');
    this.#fit_composer();
    if (!this.narrow.matches) this.focus_composer();
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
    by_id('room-title').replaceChildren(icon(room.is_private ? 'lock' : 'hash'), face.title || shown);
    by_id('room-about').textContent = about;
    by_id('room-topic').textContent = face.topic;
    by_id('room-topic').title = face.topic;
    by_id('composer-text').placeholder = silenced ? 'You can’t write here' : `Message ${shown}`;
    by_id('composer-text').disabled = gone;
    by_id('composer-text').readOnly = silenced;
    by_id('composer-send').disabled = gone || silenced;
    by_id('people-count').textContent = room.presence.count.toLocaleString();
    by_id('here-more').hidden = room.presence.unnamed <= 0;
    by_id('here-more').textContent = `and ${count(room.presence.unnamed, 'other')}`;
    by_id('membership').hidden = gone || !(face.known || room.is_private);
    by_id('room-leave').textContent = gone
      ? 'Remove from my rooms'
      : { direct: 'Close the conversation', group: 'Leave the group' }[face.nature] ?? 'Leave room';
    // The owner of a private room stays in it: they hand it over first, or delete it.
    by_id('room-leave').hidden = owned && face.known && room.is_private && !gone;
    by_id('room-delete').hidden = !owned || gone;
    this.panels.show_running({ moderates: face.moderates && !gone, room });
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

  show_latest(shown, unseen) {
    by_id('to-latest').hidden = !shown;
    by_id('to-latest-words').textContent = unseen ? count(unseen, 'new message') : 'Latest';
  }

  focus_composer() {
    if (!by_id('talk').hidden) by_id('composer-text').focus();
  }
  get draft() {
    return by_id('composer-text').value;
  }
  put_draft(text) {
    by_id('composer-text').value = text;
    this.#fit_composer();
    this.focus_composer();
  }
  composer_fault(text) {
    by_id('composer-fault').textContent = text;
  }

  #wire_composer() {
    const field = by_id('composer-text');
    field.addEventListener('input', () => {
      this.#fit_composer();
      this.acts.typed(field.value);
    });
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      by_id('composer').requestSubmit();
    });
    by_id('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      const said = this.acts.say(field.value);
      if (!said) return;
      this.put_draft(said.draft);
      if (said.anew) this.list.to_bottom();
    });
    by_id('to-latest').addEventListener('click', () => {
      this.acts.latest();
      this.list.to_bottom();
      this.focus_composer();
    });
  }

  #fit_composer() {
    const field = by_id('composer-text');
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
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

  open_new_room() {
    by_id('new-room-form').reset();
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

  /// A note that goes away by itself.
  toast(text) {
    const note = element('p', { className: 'toast' }, text);
    by_id('toasts').append(note);
    while (by_id('toasts').children.length > 3) by_id('toasts').firstChild.remove();
    setTimeout(() => note.remove(), 7000);
  }

  /// For screen readers only, and only for as long as it takes to say: it may be removed in the room meanwhile.
  announce(text) {
    const line = element('p', {}, text);
    by_id('announcer').append(line);
    while (by_id('announcer').children.length > 8) by_id('announcer').firstChild.remove();
    setTimeout(() => line.remove(), 5000);
  }

  #escape(event) {
    if (document.querySelector('dialog[open]')) return;
    if (!by_id('shade').hidden) this.#close_drawers();
    else if (event.target === by_id('room-filter') && this.filter) return;
    else if (this.messages.composes) this.acts.cancel_composing();
    else if (!by_id('talk').hidden && !this.list.following) by_id('to-latest').click();
    else this.focus_composer();
  }
}

function room_item({ name, shown = name, is_private = false, unread = 0, active = false, gone = false, joined = false }) {
  const words = [unread ? `, ${unread} unread` : '', gone ? ', gone' : '', is_private ? ', private' : ''].join('');
  return element(
    'li',
    {},
    element(
      'a',
      {
        href: `#/${name}`,
        className: gone ? 'gone' : '',
        dataset: { room: name, focus: name, joined: String(joined), unread: String(unread) },
        'aria-current': active ? 'page' : null,
      },
      icon(is_private ? 'lock' : 'hash'),
      element('span', { className: 'name' }, shown),
      unread
        ? element('span', { className: 'badge', 'aria-hidden': 'true' }, unread > 99 ? '99+' : String(unread))
        : null,
      words ? element('span', { className: 'unseen' }, words) : null,
    ),
  );
}
