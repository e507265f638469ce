/// Ties it together: who is signed in, which room the address names, what the person does, what the server says.

import { api_client } from '../clients/js/src/api.js';
import { plain } from '../clients/js/src/errors.js';
import { chat_session } from '../clients/js/src/session.js';
import { by_room, each_under, json_store, session_store, usable } from '../clients/js/src/store.js';
import { access_of, room_catalog } from './catalog.js';
import { browser_db } from './browser_db.js';
import { commanding } from './commanding.js';
import { own_contacts } from './contacts.js';
import { own_drafts } from './drafts.js';
import { drawing } from './drawing.js';
import { all_emoji } from './emoji.js';
import { learn_from } from './filling.js';
import { gate } from './gate.js';
import { going } from './going.js';
import { hearing } from './hearing.js';
import { invitation } from './invitation.js';
import { kept_messages } from './kept_messages.js';
import { known_rooms } from './known_rooms.js';
import { later } from './later.js';
import { told_later } from './leaving.js';
import { is_seen, listen } from './listening.js';
import { look } from './looks.js';
import { membership } from './membership.js';
import { navigation } from './navigation.js';
import { notifier } from './notifier.js';
import { keep_for_later } from './offline.js';
import { own_device } from './own_device.js';
import { own_rooms } from './own_rooms.js';
import { room_running } from './running.js';
import { say } from './say.js';
import { sign_out } from './signing_out.js';
import { speaking } from './speaking.js';
import { page } from './view.js';
import { person_words } from './words.js';
import { room_writing } from './writing.js';

learn_from();

/// What outlives the tab, and what doesn't.
const device = usable(() => localStorage);
const tab = usable(() => sessionStorage);
const session = session_store(tab, device);
const api = new api_client({ token: () => session.get()?.token, csrf: () => session.get()?.csrf });
const finish_leaving = told_later({ api, leaving: session.leaving, is_needed: () => !life });
const view = new page({
  sign_in: (answers) => door.sign_in(answers),
  sign_out: () => sign_out({ api, session, view, life: () => life, end, finish: finish_leaving }),
  enter_lobby,
  filtered: () => {
    draw.rooms();
    catalog.search(view.rooms.filter);
  },
  more_rooms: () => catalog.load({ more: true }),
  create_room: (wanted) => own.create(wanted),
  load,
  moved,
  retry: (id) => life.talk.retry(current(), id),
  discard: (id) => life.talk.discard(current(), id),
  typed: (text) => writing.typed(text),
  say: (text) => writing.say(text),
  complete: (name) => writing.complete(name),
  choose_emoji,
  edit_last: () => writing.edit_last(),
  cancel_composing: () => writing.cancel(),
  react: (seq, text) => writing.react(seq, text),
  jump: (seq) => way.jump(seq),
  open: open_more,
  set_notify,
  latest: () => life.talk.latest(current()),
  to_latest: () => view.to_latest(),
  mark_read: () => life.talk.mark_read(current()),
  press: (does) => walk.press(does),
  people_shown: () => people.load(),
  more_members: () => people.load({ more: true }),
  invite: (name) => people.invite(name),
  choose: (name) => running.choose(name),
  choose_on_message: (seq) => running.choose_on_message(seq),
  begin_on_message: (seq, what) => running.begin_on_message(seq, what),
  reveal: (seqs) => contacts.reveal(current(), seqs),
  leave,
  delete_room: () => own.delete(current()),
});

const current = () => life?.talk.current ?? null;
const more = new later(load_more, { failed: () => view.toast(say('part_failed')) });
const people = new membership({
  api,
  view: { invite_fault: (text) => view.people.invite_fault(text), toast: (text) => view.toast(text) },
  current,
  shown: () => view.people_shown,
  changed: draw_soon,
});
const contacts = new own_contacts({ api, view, me: () => life.user, opened: enter_own, changed: draw_soon });
const running = new room_running({
  api,
  contacts,
  view: {
    choose: async (question) => (await more.get())?.room_panel.choose(question) ?? null,
    ask_deed: async (deed, fault) => (await more.get())?.room_panel.ask_deed(deed, fault) ?? null,
    sanction_fault: (text) => more.here?.room_panel.sanction_fault(text),
    settings_fault: (text) => more.here?.room_panel.settings_fault(text),
    toast: (text) => view.toast(text),
  },
  current,
  carry_out: (room, act) => life.talk.carry_out(room, act),
  on_message: (room, entry, what) => writing.begin(room, entry, what),
  about: (room, name) => person_words(name, room, life.talk.listed()),
  changed: draw_soon,
});
let spoken = null;
const language = new speaking({ changed: () => life && draw_soon() });
const own_view = new own_device({
  store: json_store(device, 'greenroom.device', {}),
  apply: (chosen) => {
    look(chosen);
    spoken = language.choose(chosen);
  },
});
const kept = new kept_messages({ db: new browser_db('greenroom'), wanted: () => session.is_remembered });
const calls = new notifier({
  kept: json_store(device, 'greenroom.calls', false),
  open: open_from_call,
  icon: document.querySelector('link[rel="icon"]').href,
});
const recent_emoji = json_store(device, 'greenroom.emoji', []);
let emoji_groups = 0;
const emoji = new later(async () => {
  const { groups } = await import('./emoji_data.js');
  emoji_groups = groups.length;
  return all_emoji(groups);
});
const link_to = (room, seq) => `${location.origin}${location.pathname}#/${room}/${seq}`;
const writing = new room_writing({
  life: () => life,
  view,
  people,
  link_to,
  ask_reaction: async () => (await more.get())?.emoji.choose({ reacts: true }) ?? null,
  command: (room, meant) => commander.run(room, meant),
  emoji,
  changed: draw_soon,
});
const catalog = new room_catalog({ api, loaded: catalog_loaded, lost: session_over, changed: draw_soon });
const own = new own_rooms({ api, view, made: enter_own, forget, unsent: (room) => life.outbox.waiting_in(room.key) });
const door = new gate({ api, session, view, begin });
const invited = new invitation({
  api,
  view: {
    ask_invitation: async (question) => (await more.get())?.invite_panel.ask_invitation(question) ?? null,
    close_invitation: () => more.here?.invite_panel.close_invitation(),
  },
  store: json_store(tab, 'greenroom.invite', null),
  entered: (room) => enter_own(room),
  lost: session_over,
});

const draw = new drawing({
  life: () => life,
  view,
  parts: { calls, catalog, device: own_view, contacts, kept, more, people, running, writing },
  watching,
  deeds: { leave, enter_again, become_member, create: () => view.open_new_room(current().name), retry: () => life.socket.retry_now() },
});

const way = new navigation({
  life: () => life,
  view,
  catalog,
  writing,
  invited,
  parts: [people, running, { leave: (room) => kept.keep(room), enter: (room) => more.here?.enter(room) }],
  drawn: () => draw.all(),
  open_own: (part) => open_more('own', part),
});
const walk = new going({ life: () => life, view, current, catalog, people, contacts, way, open: open_more });
const commander = new commanding({
  api,
  talk: () => life.talk,
  go: (room) => way.go(room),
  opened: (room) => enter_own(room),
  leave,
  help: () => open_more('help'),
});
const ears = new hearing({ life: () => life, view, calls, catalog, people, running, contacts, more, seen: is_seen });

async function load_more() {
  const { more_page } = await import('./more.js');
  return new more_page({
    api,
    life: () => life,
    current,
    contacts,
    running,
    device: own_view,
    calls,
    emoji: { recent: recent_emoji, table: emoji, groups: () => emoji_groups },
    known_places: () => walk.known_places(),
    go_to: (place) => walk.go_to(place),
    jump: (seq) => way.jump(seq),
    choose_calls,
    account_ended,
    changed: draw_soon,
  });
}

/// Opens one of the dialogs that are loaded when they are first used, unless somebody signed out meanwhile.
async function open_more(dialog, part) {
  const [opener, user] = [document.activeElement, life?.user];
  const page = await more.get();
  if (!page || !life || life.user !== user || document.querySelector('dialog[open]')) return;
  // The dialog gives the focus back to where it was.
  if (document.activeElement === document.body) opener?.focus();
  page.open(dialog, part);
}

/// So many that the page has less than 3,000 elements.
const most_shown = 250;

/// The signed-in user's state; null while nobody is signed in.
let life = null;

// ---- signing in and out --------------------------------------------------------------------------------------------

function begin(user) {
  const rooms = new known_rooms(device, user);
  const drafts = new own_drafts({
    store: each_under(device, `greenroom.draft.${user}.`),
    api,
    changed: () => writing.take_draft(),
  });
  const chat = new chat_session({
    me: user,
    url: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/chat/ws`,
    api,
    store: each_under(device, `greenroom.message.${user}.`),
    marks: by_room(json_store(device, `greenroom.read.${user}`, {})),
    following: () => watching(),
    most_messages: most_shown,
    on_state: socket_state,
    on_tick: tick,
    on_change: room_changed,
    on_typing: typing_changed,
    on_news: (room, entry) => ears.news(room, entry),
    on_word: (text) => view.toast(text),
    on_act: (room, acts) => ears.acted(room, acts),
    on_stale: (room) => ears.stale(room),
    on_own: (frame, room) => ears.own_news(frame, room),
    on_draft: (frame) => drafts.hear(frame),
  });
  const { outbox, socket, talk } = chat;
  life = { user, rooms, drafts, chat, outbox, socket, talk };
  for (const { name, access } of rooms.list()) talk.enter(name, { access, later: true });
  view.show_app(user);
  kept.begin(user).then(draw_soon);
  chat.start();
  for (const part of [catalog, contacts]) part.reset();
  more.here?.forget();
  catalog.load();
  contacts.load();
  way.follow();
  invited.offer(user);
}

/// `here`: whether the session ends, or another tab did that.
function end({ notice = '', here = true } = {}) {
  if (!life) return;
  const name = life.user;
  life.chat.stop();
  life.drafts.forget();
  kept.forget();
  life = null;
  if (here) session.clear();
  more.here?.forget();
  view.show_gate({ notice, name, invited: invited.waiting });
}

/// The server takes this user's token no more. While the account is deleted, that is known already.
function session_over(error) {
  if (!deleting()) end({ notice: plain(error) });
}

const deleting = () => more.here?.account.busy ?? false;

function account_ended(notice, { gone = false } = {}) {
  if (gone && life) {
    for (const each of life.outbox.rooms()) for (const { id } of life.outbox.of(each)) life.outbox.discard(each, id);
    life.rooms.clear();
    json_store(device, `greenroom.read.${life.user}`).clear();
    life.drafts.forget({ all: true });
  }
  end({ notice });
}

// ---- the connection ------------------------------------------------------------------------------------------------

function socket_state(state) {
  if (!life) return;
  if (state.name === 'open') {
    life.drafts.wake();
    life.drafts.load();
    // So that dialogs open at once.
    (globalThis.requestIdleCallback ?? setTimeout)(() => more.ahead());
  }
  if (state.sign_in && !deleting()) end({ notice: state.words });
  else draw_soon();
}

function tick() {
  if (current()) kept.keep(current());
  life.drafts.tick();
  draw.connection();
  draw.typing();
  if (current()?.face.mute) draw_soon();
}

// ---- rooms ---------------------------------------------------------------------------------------------------------

function catalog_loaded(page) {
  for (const each of page) life.talk.get(each.room)?.face.guess({ access: access_of(each), owner: each.owner });
  if (!current()?.face.known && !people.names.length) people.want();
}

function refresh_rooms() {
  if (life && is_seen()) catalog.refresh();
}

/// Something in it is another thing now.
function room_changed(room) {
  if (room.state === 'joined') life?.rooms.keep(room);
  else if (room.state === 'gone') {
    life?.rooms.forget(room.key);
    kept.drop(room.key);
  }
  draw_soon();
}

function typing_changed(room) {
  if (room === current()) draw.typing();
}

/// The lobby is there for everybody, and made by the first who comes.
function enter_lobby() {
  life.talk.enter('lobby', { create: true });
  way.go('lobby');
}

/// A room that this user has just become part of.
function enter_own(room, access) {
  life.talk.enter(room, { access });
  way.go(room);
  catalog.load();
}

async function leave() {
  if (current()) await own.leave(current());
}

function forget(room) {
  for (const { id } of life.outbox.of(room.key)) life.outbox.discard(room.key, id);
  life.talk.leave(room.name);
  life.rooms.forget(room.key);
  kept.drop(room.key);
  way.go('');
  catalog.load();
}

// ---- talking -------------------------------------------------------------------------------------------------------

function load(what) {
  if (life?.talk.current) life.talk.load(life.talk.current, what);
}

/// Whether the reader looks at the end of the current room.
function watching() {
  return view.list.following && is_seen();
}

function moved() {
  if (!life?.talk.current) return;
  if (watching()) life.talk.seen(life.talk.current);
  draw.latest();
}

/// For the message that is being written.
async function choose_emoji() {
  const sign = await (await more.get())?.emoji.choose();
  if (sign && current()) writing.insert(sign);
}

async function choose_calls(wanted) {
  await calls.choose(wanted);
  draw_soon();
}

function open_from_call(address) {
  window.focus();
  location.hash = address;
}

function enter_again() {
  life.talk.enter(current().name);
  way.follow();
}

async function become_member() {
  if (!(await people.become_member())) return;
  running.describe();
  life.talk.sync();
}

/// Shown at once; where the server refuses it, it is again what it was.
async function set_notify(level) {
  const room = current();
  const before = room.level;
  room.level = level;
  draw_soon();
  try {
    await api.set_notify(room.name, level);
  } catch (error) {
    room.level = before;
    view.toast(plain(error));
    draw_soon();
  }
}

function draw_soon() {
  draw.soon();
}

// ---- beginning -----------------------------------------------------------------------------------------------------

listen({
  life: () => life,
  follow: () => way.follow(),
  connection_changed: () => draw.connection(),
  refresh_rooms,
  session_changed: () => {
    if (!session.heard()) return;
    end({ notice: say('signed_out_elsewhere'), here: false });
    if (session.get()) begin(session.get().user);
  },
  device_changed: () => {
    own_view.heard();
    if (life) draw_soon();
  },
  drafts_changed: () => writing.take_draft(),
  seen: (is_seen) => calls.seen(is_seen),
  left: () => current() && kept.keep(current()),
  changed: draw_soon,
});

keep_for_later();
// Nobody sees the page in another language first.
await spoken;
const stored = session.get();
if (stored) begin(stored.user);
else {
  finish_leaving();
  view.show_gate({ invited: invited.waiting });
  way.follow();
}
