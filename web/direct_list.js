/// The list of direct conversations, between one's own rooms and the others. It shows what it is told.

import { element, renew_each } from './elements.js';

export class direct_list {
  constructor() {
    this.title = element('h2', { id: 'direct-title', say: 'direct_messages' });
    this.list = element('ul', { id: 'direct-rooms', className: 'room-list', 'aria-labelledby': 'direct-title' });
    document.getElementById('other-title').before(this.title, this.list);
  }

  show(items) {
    this.title.hidden = !items.length;
    renew_each(this.list, items);
  }
}
