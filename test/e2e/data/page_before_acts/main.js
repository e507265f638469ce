/// Ties it together: who is signed in, which room the address names, what the person does, what the server says.

import { api_client, api_error } from './api.js';
import { conversation, key_of } from './conversation.js';
import { membership } from './membership.js';
import { message_outbox } from './outbox.js';
import { rows_of } from './rows.js';
import { chat_socket } from './socket.js';
import { by_room, json_store, session_store } from './store.js';
import { page } from './view.js';
import { plain, room_name_fault, text_fault, typing_words, user_name_fault } from './words.js';

const session = session_store();
const api = new api_client({ token: () => session.get()?.token });
const view = new page({
  sign_in,
  sign_out,
  go,
  filtered: draw_rooms,
  more_rooms,
  create_room,
  load,
  moved,
  retry,
  discard,
  typed,
  say,
  latest,
  people_shown: () => people.load(),
  more_members: () => people.load({ more: true }),
  invite: (name) => people.invite(name),
  remove_member: (name) => people.remove(name),
  leave,
  delete_room,
});

const people = new membership({ api, view, current: () => life?.talk.current ?? null, changed: draw_soon });

/// The signed-in user's state; null while nobody is signed in.
let life = null;
/// The list of rooms as far as it was loaded.
let catalog = { rooms: [], next: null, failed: false, pages: 0 };
let drawing = false;

// ---- signing in and out --------------------------------------------------------------------------------------------

async function sign_in({ mode, name, password, remember }) {
  const name_fault = user_name_fault(name);
  if (name_fault) {
    view.gate_fault('username', name_fault);
    return;
  }
  if (!password) {
    view.gate_fault('password', 'Enter a password.');
    return;
  }
  view.gate_busy(true);
  view.gate_notice('');
  try {
    const registered = mode === 'register' ? await api.register(name, password) : {};
    const { token, user_id, expires_at } = await api.login(name, password);
    session.set({ token, user: user_id, expires_at }, remember);
    begin(user_id);
    if (registered.warnings?.includes('weak_password')) view.toast('Your password is short. A longer one is safer.');
  } catch (error) {
    if (!(error instanceof api_error)) throw error;
    if (error.code === 'taken' || error.code === 'bad_name') view.gate_fault('username', plain(error));
    else if (error.code === 'bad_password') view.gate_fault('password', plain(error));
    else view.gate_notice(error.status === 401 ? plain({ code: 'bad_credentials' }) : plain(error));
  } finally {
    view.gate_busy(false);
  }
}

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
  });
  life = { user, rooms, outbox, drafts, socket, talk, timer: setInterval(tick, 1000) };
  for (const each of rooms.get()) talk.enter(each.name, { is_private: each.private });
  for (const name of outbox.rooms()) talk.enter(name);
  view.show_app(user);
  socket.start();
  load_rooms();
  follow_address();
}

function end({ notice = '' } = {}) {
  if (!life) return;
  const name = life.user;
  clearInterval(life.timer);
  life.socket.stop();
  life = null;
  session.clear();
  view.show_gate({ notice, name });
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
  if (state.sign_in) end({ notice: state.words });
  else draw_soon();
}

function tick() {
  life.socket.tend();
  life.talk.tick();
  draw_connection();
  const room = life.talk.current;
  if (room) view.show_typing(typing_words(room.typing.users(Date.now())));
}

function draw_connection() {
  const { name, until, words } = life.socket.state;
  const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const offline = navigator.onLine === false;
  view.show_connection(
    name,
    {
      open: 'Connected',
      connecting: 'Connecting…',
      stopped: 'Not connected',
      waiting: offline ? 'Offline' : 'Reconnecting…',
    }[name],
  );
  const room = life.talk.current;
  if (room?.state === 'gone') view.show_banner(room.gone, 'Remove from my rooms', leave);
  else if (name === 'stopped') view.show_banner(words ?? '', 'Connect again', () => life.socket.retry_now());
  else if (name === 'waiting') {
    const when = seconds > 1 ? `Trying again in ${seconds} s.` : 'Trying again…';
    view.show_banner(
      `${offline ? 'You are offline.' : words} ${when} What you write is kept and sent then.`,
      'Try now',
      () => life.socket.retry_now(),
    );
  } else view.show_banner('');
}

// ---- rooms ---------------------------------------------------------------------------------------------------------

async function load_rooms(more = false) {
  const mine = life;
  try {
    const { rooms, next } = await api.rooms(more ? catalog.next : null);
    if (life !== mine) return;
    catalog = {
      rooms: more ? [...catalog.rooms, ...rooms] : rooms,
      next,
      failed: false,
      pages: more ? catalog.pages + 1 : 1,
    };
    for (const each of rooms) {
      const room = life.talk.get(each.room);
      if (room) Object.assign(room, { is_private: each.private, owner: each.owner });
    }
    keep_rooms();
    people.load_if_missing();
  } catch (error) {
    if (!mine || life !== mine) return;
    if (error.status === 401) {
      end({ notice: plain(error) });
      return;
    }
    catalog.failed = !catalog.rooms.length;
  }
  draw_soon();
}

function more_rooms() {
  load_rooms(true);
}

/// Others make rooms, too. A list that was unrolled further is left as it is.
function refresh_rooms() {
  if (life && catalog.pages <= 1 && document.visibilityState === 'visible') load_rooms();
}

function go(name) {
  if (location.hash === `#/${name}`) follow_address();
  else location.hash = `#/${name}`;
}

/// The address says which room is open: `#/lobby`.
function follow_address() {
  if (!life) return;
  const name = decodeURIComponent(location.hash.replace(/^#\/?/, ''));
  if (!name || room_name_fault(name)) {
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
  const known = catalog.rooms.find((each) => key_of(each.room) === key_of(name));
  const there = life.talk.get(name);
  const room = there ?? life.talk.enter(known?.room ?? name, { is_private: known?.private, owner: known?.owner });
  keep_rooms();
  life.talk.open(room);
  view.enter_room(room, life.drafts.get(room.key) ?? '');
  people.load();
  draw();
}

function keep_rooms() {
  life.rooms.set(
    life.talk
      .listed()
      .filter((room) => room.state !== 'gone')
      .map((room) => ({ name: room.name, private: room.is_private })),
  );
}

async function create_room({ name, is_private, members: invited }) {
  const wrong = invited.find((each) => user_name_fault(each));
  const fault = room_name_fault(name) || (wrong && `“${wrong}” is no one’s name.`);
  if (fault) {
    view.new_room_fault(fault);
    return false;
  }
  try {
    const { room } = await api.create_room(name, { is_private, members: invited });
    life.talk.enter(room, { is_private, owner: undefined });
    go(room);
    load_rooms();
    return true;
  } catch (error) {
    view.new_room_fault(error.status === 404 ? 'A private room of that name exists already.' : plain(error));
    return false;
  }
}

async function leave() {
  const { talk, user } = life;
  const room = talk.current;
  if (!room) return;
  if (room.is_private && room.state !== 'gone') {
    if (
      !(await view.ask({
        title: `Leave ${room.name}?`,
        yes: 'Leave',
        danger: true,
        words: 'It is private: you can come back only if a member invites you.',
      }))
    )
      return;
    if (!(await done(api.remove(room.name, user)))) return;
  }
  forget(room);
}

async function delete_room() {
  const room = life.talk.current;
  if (
    !(await view.ask({
      title: `Delete ${room.name}?`,
      yes: 'Delete',
      danger: true,
      words: 'The room and everything said in it are deleted for everyone. This cannot be undone.',
    }))
  )
    return;
  if (await done(api.delete_room(room.name))) forget(room);
}

function forget(room) {
  life.talk.leave(room.name);
  keep_rooms();
  go('');
  load_rooms();
}

/// Waits for an API call; says what went wrong.
async function done(call) {
  try {
    await call;
    return true;
  } catch (error) {
    view.toast(plain(error));
    return false;
  }
}

// ---- talking -------------------------------------------------------------------------------------------------------

function say(text) {
  const room = life.talk.current;
  const fault = text_fault(text);
  view.composer_fault(fault);
  if (!room || room.state === 'gone' || fault || !text.trim()) return false;
  life.talk.say(room, text.replace(/\s+$/, ''));
  keep_draft(room, '');
  return true;
}

function typed(text) {
  const room = life.talk.current;
  if (!room) return;
  keep_draft(room, text);
  view.composer_fault(text_fault(text));
  life.talk.typed(room, !text.trim());
}

function keep_draft(room, text) {
  life.drafts.set(room.key, text);
}

function load(what) {
  if (life?.talk.current) life.talk.load(life.talk.current, what);
}
function latest() {
  life.talk.latest(life.talk.current);
}
function retry(id) {
  life.talk.retry(life.talk.current, id);
}
function discard(id) {
  life.talk.discard(life.talk.current, id);
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

function news(room, message) {
  if (room === life.talk.current) view.announce(`${message.from}: ${message.text}`);
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
  view.show_room(room, { owned: owns(room) });
  if (people.of(room)) view.show_members({ members: people.names, more: people.next, me: user, owned: owns(room) });
  view.list.show(
    rows_of(room.log, outbox.of(room.key), { me: user, unread: room.unread_from, loading: Boolean(room.request) }),
  );
  view.show_typing(typing_words(room.typing.users(Date.now())));
  if (watching() && room.log.entries.length) talk.seen(room);
  draw_latest();
}

function owns(room) {
  return room.owner !== null && room.owner === life.user;
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
else view.show_gate();
