/// The page's lists of rooms. It shows what it is told.

import { nature_of, shown_name } from '../clients/js/src/direct.js';
import { direct_list } from './direct_list.js';
import { element, icon, renew_each } from './elements.js';
import { calls_in, calls_of } from './notify.js';
import { say } from './say.js';

const by_id = (id) => document.getElementById(id);
const figure = (n) => (n > 99 ? '99+' : String(n));

/// `acts` has a function for each thing that a person can do; see `main.js`.
export class rooms_panel {
  #active = null;

  constructor(acts) {
    this.direct = new direct_list();
    by_id('room-filter').addEventListener('input', () => acts.filtered());
    by_id('rooms-more').addEventListener('click', () => acts.more_rooms());
  }

  /// The next of one's own rooms, or the one before; or of those with something unread.
  go(step, { unread = false } = {}) {
    const rooms = [...document.querySelectorAll('#joined-rooms a, #direct-rooms a')].filter(
      (room) => !unread || room.getAttribute('aria-current') || Number(room.dataset.unread),
    );
    const at = rooms.findIndex((room) => room.getAttribute('aria-current'));
    const first = at < 0 && step < 0 ? 0 : at;
    rooms[(first + step + rooms.length) % rooms.length]?.click();
  }

  get filter() {
    return by_id('room-filter').value.trim().toLowerCase();
  }

  /// `joined` are rooms of the conversation, `others` are `{room, private}`; `more` shows the button for the next page.
  /// Direct rooms and groups are in a list of their own, as `me` calls them.
  /// `watched` is the room whose end is looked at: nothing there calls.
  show({ joined, others, current, watched, me, more, failed = false }) {
    const matches = (name) => shown_name(name, me).toLowerCase().includes(this.filter);
    const is_room = (name) => nature_of(name) === 'room';
    const mine = joined.filter((room) => matches(room.name));
    const rest = others.filter((each) => matches(each.room));
    const other_item = ({ room, private: is_private }) => item({ name: room, shown: shown_name(room, me), is_private });
    const among = (natural) => [
      ...mine.filter(({ name }) => is_room(name) === natural).map((room) => joined_item(room, current, me)),
      ...(natural ? [] : rest.filter(({ room }) => !is_room(room)).map(other_item)),
    ];
    renew_each(by_id('joined-rooms'), among(true));
    this.direct.show(among(false));
    renew_each(by_id('other-rooms'), rest.filter(({ room }) => is_room(room)).map(other_item));
    by_id('joined-none').hidden = joined.length > 0;
    by_id('other-none').hidden = rest.some(({ room }) => is_room(room));
    by_id('other-none').textContent = say(failed ? 'rooms_failed' : this.filter ? 'rooms_unmatched' : 'rooms_none');
    by_id('rooms-more').hidden = !more;
    this.#show_calls(calls_in(joined, watched), current && shown_name(current.name, me));
    this.#reveal(current);
  }

  /// What calls the person in other rooms stands in the title, and on the button that shows the rooms.
  #show_calls(calls, name) {
    by_id('rooms-badge').hidden = !calls;
    by_id('rooms-badge').textContent = figure(calls);
    by_id('rooms-open').setAttribute('aria-label', calls ? say('rooms_unread', { n: calls }) : say('rooms'));
    document.title = `${calls ? `(${figure(calls)}) ` : ''}${name ? `${name} · ` : ''}Greenroom`;
  }

  /// A room that was just opened is shown in the list.
  #reveal(room) {
    if (room === this.#active) return;
    this.#active = room;
    by_id('rooms').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }
}

/// For `renew_each`.
function item(of) {
  return { key: of.name, of, make: () => room_item(of) };
}

function joined_item(room, current, me) {
  const active = room === current;
  return item({
    name: room.name,
    shown: shown_name(room.name, me),
    is_private: room.is_private,
    unread: active ? 0 : room.unread,
    calls: active ? 0 : calls_of(room),
    level: room.notify,
    active,
    gone: room.state === 'gone',
    joined: true,
  });
}

/// `calls` of the unread messages are shown in full, the others as quietly as `level` wants it.
function room_item({ name, shown, is_private = false, unread = 0, calls = 0, level = 'all', active, gone, joined = false }) {
  const muted = level === 'none';
  const mentioned = level === 'mentions' && calls < unread;
  const words = [
    unread && !muted ? say('item_unread', { n: unread }) : '',
    mentioned && calls ? say('item_for_me', { n: calls }) : '',
    muted ? say('item_muted') : '',
    gone ? say('item_gone') : '',
    is_private ? say('item_private') : '',
  ].join('');
  const badge = (className, text) => element('span', { className, 'aria-hidden': 'true' }, text);
  return element(
    'li',
    {},
    element(
      'a',
      {
        href: `#/${name}`,
        className: [gone ? 'gone' : '', muted ? 'muted' : ''].filter(Boolean).join(' '),
        dataset: { room: name, focus: name, joined: String(joined), unread: String(unread), calls: String(calls) },
        'aria-current': active ? 'page' : null,
      },
      icon(is_private ? 'lock' : 'hash'),
      element('span', { className: 'name' }, shown),
      calls ? badge('badge', mentioned ? `@${figure(calls)}` : figure(calls)) : null,
      unread > calls && !muted ? badge('badge quiet-badge', figure(unread)) : null,
      words ? element('span', { className: 'unseen' }, words) : null,
    ),
  );
}
