/// The list of messages: makes elements of rows, keeps those that stay, and keeps the reader's place.

import { avatar, element, icon } from './elements.js';
import { quote_part, reactions_part, remarks_part } from './message_parts.js';
import { clock_words, count, day_words, hue_of, moment_words, with_links } from './words.js';

/// `scroller` scrolls, `list` is the ol in it. `on_top` and `on_bottom` are called when the reader comes near an end;
/// `on_load(range)`, `on_retry(id)`, `on_discard(id)`, `on_deeds(seq)`, `on_react(seq, text)`, `on_jump(seq)` when a
/// button is pressed; `on_moved` after any scrolling.
export class message_list {
  #elements = new Map();
  #signatures = new Map();
  #following = true;
  #height = 0;
  #sought = 0;

  constructor({ scroller, list, ...on }) {
    Object.assign(this, { scroller, list }, on);
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
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /// Another room: nothing of this one may stay.
  reset() {
    this.list.replaceChildren();
    this.#elements.clear();
    this.#signatures.clear();
    this.#following = true;
    this.#sought = 0;
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
    if (this.scroller.scrollHeight <= this.scroller.clientHeight) this.on_top();
  }

  /// Shows the message with that seq, as soon as it is in the list.
  seek(seq) {
    this.#sought = seq;
    this.#reveal();
  }

  #reveal() {
    const node = this.#sought && this.list.querySelector(`.message[data-seq="${this.#sought}"]`);
    if (!node) return;
    this.#sought = 0;
    this.#following = false;
    node.scrollIntoView({ block: 'center' });
    node.classList.remove('sought');
    requestAnimationFrame(() => node.classList.add('sought'));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (clientHeight !== this.#height) {
      // The window changed its size, for instance because the field below grew: nobody scrolled.
      this.#height = clientHeight;
      if (this.#following) {
        this.to_bottom();
        return;
      }
    }
    const below = scrollHeight - clientHeight - scrollTop;
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
    const signature = JSON.stringify(row);
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
        return element('li', { className: 'note start' }, 'This is where the room begins.');
      case 'older':
        return element('li', { className: 'note older' }, row.loading ? 'Loading earlier messages…' : '');
      case 'day':
        return divider(
          'day',
          element('time', { dateTime: row.date.toISOString().slice(0, 10) }, day_words(row.date, new Date())),
        );
      case 'unread':
        return divider('unread', 'New');
      case 'seam':
        return divider('seam', 'You were away here');
      case 'missing':
        return this.#missing(row);
      case 'act':
        return act(row);
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

  #missing(row) {
    const words = `${count(row.count, 'message')} in between ${row.count === 1 ? 'is' : 'are'} not shown`;
    return element(
      'li',
      { className: 'missing', dataset: { from: row.from, to: row.to } },
      element('span', {}, words),
      element(
        'button',
        { type: 'button', className: 'quiet', disabled: row.loading, onclick: () => this.on_load(row) },
        row.loading ? 'Loading…' : 'Show',
      ),
    );
  }

  #more(row) {
    const words = `What to do with the message of ${row.from} at ${clock_words(row.at)}`;
    return element(
      'button',
      {
        type: 'button',
        className: 'round small more',
        'aria-label': words,
        title: 'What to do with it',
        'aria-haspopup': 'dialog',
        onclick: () => this.on_deeds(row.seq),
      },
      icon('more'),
    );
  }

  #reactions({ seq, reactions, reacts }) {
    return reactions_part(reactions, reacts ? (text) => this.on_react(seq, text) : null);
  }

  #delivery(row) {
    if (row.state === 'pending') return element('p', { className: 'delivery' }, icon('clock'), 'Sending…');
    return element(
      'p',
      { className: 'delivery failed' },
      icon('warning'),
      `Not sent. ${row.reason} `,
      element('button', { type: 'button', className: 'link', onclick: () => this.on_retry(row.id) }, 'Try again'),
      element('button', { type: 'button', className: 'link', onclick: () => this.on_discard(row.id) }, 'Discard'),
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
  const name = element('span', { className: 'author', dataset: { hue: hue_of(row.from) } }, row.from);
  const marks = [row.mine ? 'mine' : '', row.erased ? 'erased' : '', row.doubt ? 'doubt' : ''];
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
      element('p', { className: 'text' }, ...linked(row.text)),
      remarks,
      reactions,
      delivery,
    ),
    more,
  );
}

function linked(text) {
  return with_links(text).map((part) =>
    part.href
      ? element('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part.text)
      : part.text,
  );
}
