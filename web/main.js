/// Ties it together: who is signed in, which room the address names, what the person does, what the server says.

import { own_account } from './account.js';
import { address_of } from './address.js';
import { api_client } from './api.js';
import { banner_of, connection_words } from './banner.js';
import { access_of, room_catalog } from './catalog.js';
import { own_contacts } from './contacts.js';
import { conversation, key_of } from './conversation.js';
import { is_direct_reference, room_meant } from './direct.js';
import { gate } from './gate.js';
import { invitation } from './invitation.js';
import { room_invites } from './invites.js';
import { membership } from './membership.js';
import { message_outbox } from './outbox.js';
import { news_words } from './own_news.js';
import { own_rooms } from './own_rooms.js';
import { toggled } from './reactions.js';
import { rows_of } from './rows.js';
import { room_running } from './running.js';
import { entry_line } from './sentences.js';
import { chat_socket } from './socket.js';
import { by_room, json_store, session_store } from './store.js';
import { page } from './view.js';
import { about_words, plain, room_name_fault, text_fault, typing_words } from './words.js';

const session = session_store();
const api = new api_client({ token: () => session.get()?.token });
const view = new page({
  sign_in: (answers) => door.sign_in(answers),
  sign_out,
  delete_account: (choices) => account.delete(life.user, choices),
  go,
  filtered: draw_rooms,
  more_rooms: () => catalog.load({ more: true }),
  create_room: (wanted) => own.create(wanted),
  load,
  moved,
  retry: (id) => life.talk.retry(current(), id),
  discard: (id) => life.talk.discard(current(), id),
  typed,
  say,
  cancel_composing,
  react,
  jump,
  latest: () => life.talk.latest(current()),
  people_shown: () => people.load(),
  more_members: () => people.load({ more: true }),
  invite: (name) => people.invite(name),
  choose: (name) => running.choose(name),
  choose_on_message: (seq) => running.choose_on_message(seq),
  choose_by_name: (name) => running.choose_by_name(name),
  save_settings: (values) => running.save(values),
  sanctions_shown: () => running.load_sanctions(),
  more_sanctions: (which) => running.load_sanctions(which),
  lift: (kind, user) => running.lift(kind, user),
  audit_shown: () => running.load_audit(),
  more_audit: () => running.load_audit({ more: true }),
  invites_shown: () => invites.load(),
  more_invites: () => invites.load({ more: true }),
  make_invite: (values) => invites.make(values),
  revoke_invite: (id) => invites.revoke(id),
  leave,
  delete_room: () => own.delete(current()),
});

const current = () => life?.talk.current ?? null;
const people = new membership({ api, view: view.panels, current, shown: () => view.people_shown, changed: draw_soon });
const contacts = new own_contacts({ api, view, me: () => life.user, opened: enter_own, changed: draw_soon });
const running = new room_running({
  api,
  contacts,
  view: view.panels,
  current,
  carry_out: (room, act) => life.talk.carry_out(room, act),
  on_message: begin_on_message,
  changed: draw_soon,
});
const invites = new room_invites({ api, view: view.invites, current, changed: draw_soon });
const catalog = new room_catalog({ api, loaded: catalog_loaded, lost: session_over, changed: draw_soon });
const own = new own_rooms({ api, view, made: enter_own, forget });
const door = new gate({ api, session, view, begin });
const account = new own_account({ api, view: view.account, ended: account_ended });
const invited = new invitation({
  api,
  view: view.invites,
  store: json_store(sessionStorage, 'greenroom.invite', null),
  entered: (room) => enter_own(room),
  lost: session_over,
});

/// The signed-in user's state; null while nobody is signed in.
let life = null;
let drawing = false;

// ---- signing in and out --------------------------------------------------------------------------------------------

function begin(user) {
  const rooms = json_store(localStorage, `greenroom.rooms.${user}`, []);
  const outbox = new message_outbox(sessionStorage, `greenroom.outbox.${user}`);
  const drafts = by_room(json_store(sessionStorage, `greenroom.drafts.${user}`, {}));
  const protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new chat_socket({
    url: `${protocol}//${location.host}/chat/ws`,
    ticket: () => api.ticket(),
    on_state: socket_state,
    on_frame: (frame) => life?.talk.hear(frame),
  });
  const talk = new conversation({
    me: user,
    send: (frame) => socket.send(frame),
    outbox,
    on_change: draw_soon,
    on_news: news,
    marks: by_room(json_store(localStorage, `greenroom.read.${user}`, {})),
    following: () => watching(),
    on_word: (text) => view.toast(text),
    on_act: acted,
    on_stale: stale,
    on_own: own_news,
  });
  life = { user, rooms, outbox, drafts, socket, talk, timer: setInterval(tick, 1000) };
  for (const each of rooms.get()) talk.enter(each.name, { access: each.private ? 'private' : 'open' });
  for (const name of outbox.rooms()) talk.enter(name);
  view.show_app(user);
  socket.start();
  catalog.reset();
  catalog.load();
  contacts.load();
  follow_address();
  invited.offer(user);
}

function end({ notice = '' } = {}) {
  if (!life) return;
  const name = life.user;
  clearInterval(life.timer);
  life.socket.stop();
  life = null;
  session.clear();
  view.show_gate({ notice, name, invited: invited.waiting });
}

/// The server takes this user's token no more. While the account is deleted, that is known already.
function session_over(error) {
  if (!account.busy) end({ notice: plain(error) });
}

function account_ended(notice, { gone = false } = {}) {
  if (gone && life) {
    for (const each of life.outbox.rooms()) for (const { id } of life.outbox.of(each)) life.outbox.discard(each, id);
    for (const kind of ['rooms', 'read']) json_store(localStorage, `greenroom.${kind}.${life.user}`).clear();
    json_store(sessionStorage, `greenroom.drafts.${life.user}`).clear();
  }
  end({ notice });
}

async function sign_out() {
  const waiting = life.outbox.waiting;
  if (
    waiting &&
    !(await view.ask({
      title: 'Sign out?',
      yes: 'Sign out',
      words: 'Some messages were not sent yet. They stay in this tab and go out when you sign in again.',
    }))
  )
    return;
  life.socket.stop();
  try {
    await api.logout();
    end({ notice: 'You are signed out.' });
  } catch (error) {
    end({
      notice:
        error.status === 401
          ? 'You are signed out.'
          : 'You are signed out here. The server could not be told; your session there ends by itself.',
    });
  }
}

// ---- the connection ------------------------------------------------------------------------------------------------

function socket_state(state) {
  if (!life) return;
  const { talk, outbox } = life;
  if (state.name === 'open') talk.connect();
  else if (talk.connected) {
    if (state.too_big) for (const [room, id] of outbox.in_flight()) outbox.failed(room, id, plain({ code: 'too_big' }));
    talk.disconnect();
  }
  if (state.sign_in && !account.busy) end({ notice: state.words });
  else draw_soon();
}

function tick() {
  life.socket.tend();
  life.talk.tick();
  draw_connection();
  const room = current();
  if (room) view.show_typing(typing_words(room.typing.users(Date.now())));
  if (room?.face.mute) draw_soon();
}

function draw_connection() {
  const { state } = life.socket;
  const offline = navigator.onLine === false;
  view.show_connection(state.name, connection_words(state.name, offline));
  const { words, action, does } = banner_of({ room: current(), state, offline, now: Date.now() });
  view.show_banner(words, action, { leave, enter_again, become_member, retry: () => life.socket.retry_now() }[does]);
}

// ---- rooms ---------------------------------------------------------------------------------------------------------

function catalog_loaded(page) {
  for (const each of page) life.talk.get(each.room)?.face.guess({ access: access_of(each), owner: each.owner });
  keep_rooms();
  if (!current()?.face.known && !people.names.length) people.want();
}

function refresh_rooms() {
  if (life && document.visibilityState === 'visible') catalog.refresh();
}

function go(name) {
  if (location.hash === `#/${name}`) follow_address();
  else location.hash = `#/${name}`;
}

/// The address says which room is open, `#/lobby`; or it brings an invite, which doesn't stay there.
function follow_address() {
  const { room: said, invite } = address_of(location.hash);
  if (invite !== undefined) {
    take_invite(invite);
    return;
  }
  if (!life) return;
  const name = is_direct_reference(said) ? room_meant(said, life.user) : said;
  if (!name || (!is_direct_reference(name) && room_name_fault(name))) {
    const first = life.talk.listed()[0];
    if (!name && first) {
      location.replace(`#/${first.name}`);
      return;
    }
    life.talk.open(null);
    view.show_welcome();
    draw_soon();
    return;
  }
  const known = catalog.find(key_of(name));
  const there = life.talk.get(name);
  const guess = known ? { access: access_of(known), owner: known.owner } : {};
  const room = there ?? life.talk.enter(known?.room ?? name, guess);
  keep_rooms();
  life.talk.open(room);
  view.enter_room(room, life.drafts.get(room.key) ?? '');
  people.enter(room);
  running.enter(room);
  invites.enter(room);
  draw();
}

function take_invite(invite) {
  if (invite) invited.keep(invite);
  else view.toast('That link is not whole. Ask for a new one.');
  history.replaceState(null, '', current() ? `#/${current().name}` : location.pathname + location.search);
  if (!life) {
    view.show_gate({ invited: invited.waiting });
    return;
  }
  if (!current()) follow_address();
  invited.offer(life.user);
}

function keep_rooms() {
  life.rooms.set(
    life.talk
      .listed()
      .filter((room) => room.state !== 'gone')
      .map((room) => ({ name: room.name, private: room.is_private })),
  );
}

/// A room that this user has just become part of.
function enter_own(room, access) {
  life.talk.enter(room, { access });
  go(room);
  catalog.load();
}

async function leave() {
  if (current()) await own.leave(current());
}

function forget(room) {
  life.talk.leave(room.name);
  keep_rooms();
  go('');
  catalog.load();
}

// ---- talking -------------------------------------------------------------------------------------------------------

function say(text) {
  const room = life.talk.current;
  const fault = text_fault(text);
  const silence = room?.face.silence(Date.now());
  view.composer_fault(silence ? plain(silence) : fault);
  if (!room || room.state === 'gone' || silence || fault || !text.trim()) return false;
  const { draft, say: words, act } = room.composing.finish(text.replace(/\s+$/, ''));
  if (words) life.talk.say(room, words.text, words);
  if (act) edit(room, act);
  keep_draft(room, draft);
  draw_soon();
  return { draft, anew: Boolean(words) };
}

/// The words of an edit that was refused come back into the field, if that is empty.
async function edit(room, act) {
  const done = await life.talk.carry_out(room, act);
  if (!done && room === current() && !view.draft) view.put_draft(act.text);
}

/// `what` is to `reply` to a message, to `edit` or to `react`.
async function begin_on_message(room, entry, what) {
  if (what === 'react') {
    const text = await view.messages.choose_reaction();
    if (text) react(entry.seq, text);
    return;
  }
  view.put_draft(room.composing.begin(what, entry, view.draft));
  draw_soon();
}

function cancel_composing() {
  view.put_draft(current().composing.cancel(view.draft));
  draw_soon();
}

function react(seq, text) {
  const entry = current().log.find(seq);
  if (entry) life.talk.carry_out(current(), toggled(entry, text));
}

function jump(seq) {
  view.list.seek(seq);
  if (!current().log.find(seq)) load({ around: seq });
}

function typed(text) {
  const room = life.talk.current;
  if (!room) return;
  keep_draft(room, text);
  view.composer_fault(text_fault(text));
  life.talk.typed(room, !text.trim());
}

function keep_draft(room, text) {
  if (room.composing.does !== 'edit') life.drafts.set(room.key, text);
}

function load(what) {
  if (life?.talk.current) life.talk.load(life.talk.current, what);
}

/// Whether the reader looks at the end of the current room.
function watching() {
  return view.list.following && document.visibilityState === 'visible';
}

function moved() {
  if (!life?.talk.current) return;
  if (watching()) life.talk.seen(life.talk.current);
  draw_latest();
}

function news(room, entry) {
  const line = entry_line(entry, life.user);
  if (room === life.talk.current && line) view.announce(line);
}

/// Acts came: what the lists have is another thing now.
function acted(room, acts) {
  running.heard(room);
  people.heard(room, acts);
  invites.heard(room, acts);
}

/// The person is a member of a room now, or isn't any more. In a room they see it happen.
function own_news(frame, room) {
  const words = news_words(frame, life.user);
  if (words && !room) view.toast(words);
  catalog.hear(frame);
}

/// What the server tells only when asked may be another thing now.
function stale(room) {
  if (room !== current()) return;
  running.describe();
  people.want();
}

function enter_again() {
  life.talk.enter(current().name);
  follow_address();
}

async function become_member() {
  if (await people.become_member()) running.describe();
}

// ---- drawing -------------------------------------------------------------------------------------------------------

function draw_soon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (life) draw();
  });
}

function draw() {
  const { talk, outbox, user } = life;
  const room = talk.current;
  draw_rooms();
  draw_connection();
  if (!room) return;
  const now = new Date();
  view.show_room(room, { about: about_words(room), silenced: Boolean(room.face.silence(now)) });
  draw_people(room);
  if (running.of(room)) view.panels.show_lists({ ...running, me: user, now });
  if (invites.of(room)) view.invites.show_invites({ list: invites.list, more: invites.next, now });
  view.list.show(
    rows_of(room.log, outbox.of(room.key), {
      me: user,
      unread: room.unread_from,
      loading: Boolean(room.request),
      offers: (entry) => running.offers_on_message(room, entry),
      reacts: room.face.may({ kind: 'react' }),
    }),
  );
  view.messages.show_composing(room.composing.words());
  view.messages.show_pins(room.log.entries.filter(({ pinned }) => pinned));
  view.show_typing(typing_words(room.typing.users(Date.now())));
  if (watching() && room.log.entries.length) talk.seen(room);
  draw_latest();
}

function draw_people(room) {
  const person = (name) => ({ name, role: room.face.role_of(name), deeds: running.offers_on(room, name) });
  view.panels.show_here(room.presence.sorted().map(person));
  if (!people.of(room)) return;
  const adds = room.face.known ? room.face.may({ kind: 'add' }) : room.is_private;
  view.panels.show_members({ people: people.shown_names().map(person), more: people.next, adds });
}

function draw_latest() {
  const room = life.talk.current;
  view.show_latest(room.log.detached || !view.list.following, room.unread);
}

function draw_rooms() {
  if (!life) return;
  const { talk } = life;
  view.show_rooms({
    joined: talk.listed(),
    others: catalog.rooms.filter((each) => !talk.get(each.room)),
    current: talk.current,
    me: life.user,
    more: catalog.next,
    failed: catalog.failed,
  });
}

// ---- beginning -----------------------------------------------------------------------------------------------------

window.addEventListener('hashchange', follow_address);
window.addEventListener('online', () => life?.socket.retry_now());
window.addEventListener('focus', refresh_rooms);
setInterval(refresh_rooms, 30000);
document.addEventListener('visibilitychange', () => {
  if (!life || document.visibilityState !== 'visible') return;
  life.socket.tend();
  if (life.socket.state.name === 'waiting') life.socket.retry_now();
  draw_soon();
});
window.addEventListener('beforeunload', (event) => {
  if (life?.outbox.waiting) event.preventDefault();
});

const stored = session.get();
if (stored) begin(stored.user);
else {
  view.show_gate({ invited: invited.waiting });
  follow_address();
}
