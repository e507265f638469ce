/// The list of messages: makes elements of rows, keeps those that stay, and keeps the reader's place.

import { manner_now } from '../clients/js/src/saying.js';
import { clock_words, moment_words } from '../clients/js/src/text.js';
import { log_lines } from './copying.js';
import { avatar, element, icon } from './elements.js';
import { quote_part, reactions_part, remarks_part, text_part } from './message_parts.js';
import { say } from './say.js';
import { day_words, hue_of } from './words.js';

const keys_on_message = { r: 'reply', e: 'edit', ':': 'react', u: 'unread' };

/// `scroller` scrolls, `list` is the ol in it. `on_top` and `on_bottom` are called when the reader comes near an end;
/// `on_load(range)`, `on_retry(id)`, `on_discard(id)`, `on_deeds(seq)`, `on_react(seq, text)`, `on_jump(seq)`, `on_reveal(seqs)`,
/// `on_person(name)` when a button is pressed; `on_key(seq, what)` when a key on a message is; `on_moved` after any scrolling.
export class message_list {
  #elements = new Map();
  #signatures = new Map();
  #following = true;
  #height = 0;
  #sought = 0;
  #start = 0;

  constructor({ scroller, list, ...on }) {
    Object.assign(this, { scroller, list }, on);
    list.addEventListener('copy', (event) => this.#copied(event));
    list.addEventListener('click', (event) => {
      const author = event.target.closest('.author');
      if (author) this.on_person(author.closest('.message').dataset.from);
    });
    scroller.addEventListener('keydown', (event) => this.#pressed(event));
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => {
      if (this.#following) this.to_bottom();
    }).observe(scroller);
  }

  /// Whether the reader is at the end and follows what comes.
  get following() {
    return this.#following;
  }

  to_bottom() {
    this.#following = true;
    this.#start = 0;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /// Arrows go from message to message, by their buttons; letters are what may be done with the one.
  #pressed(event) {
    const at = event.target.closest('.message');
    if ((event.target !== this.scroller && !event.target.matches('.more')) || event.altKey || event.ctrlKey || event.metaKey) return;
    const what = keys_on_message[event.key];
    if (at && what) {
      event.preventDefault();
      this.on_key(Number(at.dataset.seq), what);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.shiftKey) return;
    const buttons = [...this.list.querySelectorAll('.more')];
    const place = at ? buttons.indexOf(event.target) + step : step < 0 ? this.#last_in_sight(buttons) : -1;
    if (!buttons[place]) return;
    event.preventDefault();
    buttons[place].focus({ preventScroll: true });
    buttons[place].closest('.message').scrollIntoView({ block: 'nearest' });
  }

  #last_in_sight(buttons) {
    const { bottom } = this.scroller.getBoundingClientRect();
    return buttons.findLastIndex((each) => each.getBoundingClientRect().bottom <= bottom);
  }

  /// Several messages are copied as lines of a log.
  #copied(event) {
    const selected = getSelection();
    const nodes = [...this.list.querySelectorAll('.message')].filter((node) => selected.containsNode(node, true));
    if (nodes.length < 2) return;
    const messages = nodes.map((node) => ({
      from: node.dataset.from,
      at: new Date(node.querySelector('time').dateTime),
      text: node.querySelector('.text').innerText,
    }));
    event.clipboardData.setData('text/plain', log_lines(messages));
    event.preventDefault();
  }

  /// Another room: nothing of this one may stay.
  reset() {
    this.list.replaceChildren();
    this.#elements.clear();
    this.#signatures.clear();
    this.#following = true;
    this.#sought = this.#start = 0;
  }

  show(rows) {
    const anchor = this.#following ? null : this.#anchor();
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, node] of this.#elements) {
      if (wanted.has(key)) continue;
      node.remove();
      this.#elements.delete(key);
      this.#signatures.delete(key);
    }
    let previous = null;
    for (const row of rows) {
      const node = this.#element_for(row);
      const place = previous ? previous.nextSibling : this.list.firstChild;
      if (node !== place) this.list.insertBefore(node, place);
      previous = node;
    }
    if (this.#following) this.to_bottom();
    else if (anchor) this.#restore(anchor);
    this.#reveal();
    if (this.#start) this.#begin(rows);
    if (this.scroller.scrollHeight <= this.scroller.clientHeight) this.on_top();
  }

  /// Shows the message with that seq, as soon as it is in the list.
  seek(seq) {
    this.#sought = seq;
    this.#following = false;
    this.#reveal();
  }

  /// A room is read from the message with that seq on, or the one after it: that stands at the top as soon as it is in the
  /// list, unless all that follows is in sight anyway.
  start_from(seq) {
    this.#start = seq;
    this.#following = false;
  }

  #begin(rows) {
    const first = rows.find(({ seq }) => seq >= this.#start);
    if (!first) return;
    this.#start = 0;
    const node = this.#elements.get(first.key);
    const top = node.previousSibling?.classList.contains('divider') ? node.previousSibling : node;
    this.scroller.scrollTop += top.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    this.#following = this.#below < 48;
  }

  get #below() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  #reveal() {
    const node = this.#sought && this.list.querySelector(`.message[data-seq="${this.#sought}"]`);
    if (!node) return;
    this.#sought = 0;
    node.scrollIntoView({ block: 'center' });
    this.#following = this.#below < 48;
    node.classList.remove('sought');
    requestAnimationFrame(() => node.classList.add('sought'));
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.scroller;
    if (clientHeight !== this.#height) {
      // The window changed its size, for instance because the field below grew: nobody scrolled.
      this.#height = clientHeight;
      if (this.#following) {
        this.to_bottom();
        return;
      }
    }
    const below = this.#below;
    this.#following = below < 48;
    if (scrollTop < 240) this.on_top();
    if (below < 240) this.on_bottom();
    this.on_moved();
  }

  /// The first message in sight and where it stands.
  #anchor() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const node of this.list.children) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top && node.dataset.key.match(/^(seq|id)-/)) return { key: node.dataset.key, top: box.top };
    }
    return null;
  }

  #restore({ key, top }) {
    const node = this.#elements.get(key);
    if (node) this.scroller.scrollTop += node.getBoundingClientRect().top - top;
  }

  #element_for(row) {
    const signature = `${manner_now()} ${JSON.stringify(row)}`;
    const old = this.#elements.get(row.key);
    if (old && this.#signatures.get(row.key) === signature) return old;
    const node = this.#build(row);
    node.dataset.key = row.key;
    old?.replaceWith(node);
    this.#elements.set(row.key, node);
    this.#signatures.set(row.key, signature);
    return node;
  }

  #build(row) {
    switch (row.type) {
      case 'start':
        return element('li', { className: 'note start' }, say('room_begins'));
      case 'older':
        return element('li', { className: 'note older' }, row.loading ? say('loading_earlier') : '');
      case 'day':
        return divider(
          'day',
          element('time', { dateTime: row.date.toISOString().slice(0, 10) }, day_words(row.date, new Date())),
        );
      case 'unread':
        return divider('unread', say('new'));
      case 'seam':
        return divider('seam', say('away_here'));
      case 'missing':
        return this.#missing(row);
      case 'act':
        return act(row);
      case 'hidden':
        return this.#hidden(row);
      default:
        return message(row, {
          quote: row.quote ? quote_part(row.quote, this.on_jump) : null,
          remarks: row.edited || row.pinned ? remarks_part(row) : null,
          reactions: row.reactions ? this.#reactions(row) : null,
          delivery: row.type === 'pending' ? this.#delivery(row) : null,
          more: row.deeds ? this.#more(row) : null,
        });
    }
  }

  #hidden({ count: many, seqs }) {
    return element(
      'li',
      { className: 'note hidden-words' },
      `${say('hidden', { n: many })} `,
      element('button', { type: 'button', className: 'link', onclick: () => this.on_reveal(seqs) }, say('show')),
    );
  }

  #missing(row) {
    return element(
      'li',
      { className: 'missing', dataset: { from: row.from, to: row.to } },
      element('span', {}, say('missing', { n: row.count })),
      element(
        'button',
        { type: 'button', className: 'quiet', disabled: row.loading, onclick: () => this.on_load(row) },
        row.loading ? say('loading') : say('show'),
      ),
    );
  }

  #more(row) {
    const words = say('do_with_message', { from: row.from, time: clock_words(row.at) });
    return element(
      'button',
      {
        type: 'button',
        className: 'round small more',
        'aria-label': words,
        title: say('do_with_it'),
        'aria-haspopup': 'dialog',
        onclick: () => this.on_deeds(row.seq),
      },
      // A sign and no symbol: there is one in every message.
      '⋯',
    );
  }

  #reactions({ seq, reactions, reacts }) {
    return reactions_part(reactions, reacts ? (text) => this.on_react(seq, text) : null);
  }

  #delivery(row) {
    if (row.state === 'pending') return element('p', { className: 'delivery' }, icon('clock'), say('sending'));
    return element(
      'p',
      { className: 'delivery failed' },
      icon('warning'),
      `${say('send_failed', { reason: row.reason })} `,
      element('button', { type: 'button', className: 'link', onclick: () => this.on_retry(row.id) }, say('try_again')),
      element('button', { type: 'button', className: 'link', onclick: () => this.on_discard(row.id) }, say('discard')),
    );
  }
}

function divider(kind, ...content) {
  return element('li', { className: `divider ${kind}` }, element('span', {}, ...content));
}

function act(row) {
  const time = element('time', { dateTime: row.at.toISOString(), title: moment_words(row.at) }, clock_words(row.at));
  return element(
    'li',
    { className: 'note act', dataset: { seq: row.seq, from: row.from, kind: row.kind } },
    element('span', { className: 'text' }, row.text),
    ' ',
    time,
  );
}

function message(row, { quote, remarks, reactions, delivery, more }) {
  const time = element('time', { dateTime: row.at.toISOString(), title: moment_words(row.at) }, clock_words(row.at));
  const name = element('button', { type: 'button', className: 'author', tabIndex: -1, dataset: { hue: hue_of(row.from) } }, row.from);
  const marks = [row.mine ? 'mine' : '', row.erased ? 'erased' : '', row.doubt ? 'doubt' : '', row.named ? 'mention' : ''];
  const classes = ['message', row.lead ? 'lead' : 'follow', ...marks, row.state ?? 'sent'];
  return element(
    'li',
    {
      className: classes.filter(Boolean).join(' '),
      dataset: {
        from: row.from,
        state: row.state ?? 'sent',
        ...(row.seq ? { seq: row.seq } : {}),
        ...(row.id ? { id: row.id } : {}),
      },
    },
    row.lead ? avatar(row.from) : time,
    element(
      'div',
      { className: 'body' },
      row.lead
        ? element('p', { className: 'byline' }, name, time)
        : element('span', { className: 'unseen' }, `${row.from}: `),
      quote,
      text_part(row.text, row.named, { plain: row.plain }),
      remarks,
      reactions,
      delivery,
    ),
    more,
  );
}
