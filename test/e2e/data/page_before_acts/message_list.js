/// The list of messages: makes elements of rows, keeps those that stay, and keeps the reader's place.

import { clock_words, count, day_words, hue_of, moment_words, with_links } from './words.js';

/// An element with properties and children. Text is only ever set as text.
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'dataset') Object.assign(node.dataset, value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/// One of the symbols at the top of index.html.
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function avatar(name) {
  return element(
    'span',
    { className: 'avatar', 'aria-hidden': 'true', dataset: { hue: hue_of(name) } },
    name.slice(0, 1).toUpperCase(),
  );
}

/// `scroller` scrolls, `list` is the ol in it. `on_top` and `on_bottom` are called when the reader comes near an end;
/// `on_load(range)`, `on_retry(id)`, `on_discard(id)` when a button is pressed; `on_moved` after any scrolling.
export class message_list {
  #elements = new Map();
  #signatures = new Map();
  #following = true;
  #height = 0;

  constructor({ scroller, list, on_top, on_bottom, on_moved, on_load, on_retry, on_discard }) {
    Object.assign(this, { scroller, list, on_top, on_bottom, on_moved, on_load, on_retry, on_discard });
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
    if (this.scroller.scrollHeight <= this.scroller.clientHeight) this.on_top();
  }

  reveal(key) {
    this.#elements.get(key)?.scrollIntoView({ block: 'center' });
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
      default:
        return message(row, row.type === 'pending' ? this.#delivery(row) : null);
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

function message(row, delivery) {
  const time = element('time', { dateTime: row.at.toISOString(), title: moment_words(row.at) }, clock_words(row.at));
  const name = element('span', { className: 'author', dataset: { hue: hue_of(row.from) } }, row.from);
  const classes = ['message', row.lead ? 'lead' : 'follow', row.mine ? 'mine' : '', row.state ?? 'sent'];
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
      element('p', { className: 'text' }, ...linked(row.text)),
      delivery,
    ),
  );
}

function linked(text) {
  return with_links(text).map((part) =>
    part.href
      ? element('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, part.text)
      : part.text,
  );
}
