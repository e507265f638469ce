/// A room's invite links, for its moderators: making them, those that work now, taking them back. It asks and loads;
/// the page draws.

import { plain } from '../clients/js/src/errors.js';
import { number_words } from '../clients/js/src/saying.js';
import { until_words } from '../clients/js/src/text.js';
import { say } from './say_more.js';

/// How long a link may work, in seconds.
export const lives = [3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400];
export const default_life = lives[2];
export const default_uses = 10;
const most_uses = 10000;

/// The request for a new invite, `{uses, expires_in}`, where no `uses` is any number; or `{fault}`.
export function invite_wanted({ uses, any, seconds }) {
  const number = Number(uses);
  if (!any && (String(uses).trim() === '' || !Number.isInteger(number) || number < 1 || number > most_uses))
    return { fault: say('invite_uses_range', { most: number_words(most_uses) }) };
  return { uses: any ? null : number, expires_in: seconds };
}

/// What an invite of the list still does: `3 more people can join, until 18:05, made by ada`.
export function invite_words({ uses_left, expires_at, by }, now) {
  const end = until_words(new Date(expires_at), now);
  return uses_left === null ? say('invite_any', { end, by }) : say('invite_left', { n: uses_left, end, by });
}

/// `current()` is the open room or null, `changed()` has the page drawn again.
export class room_invites {
  /// Of the room `#room`: the invites that work, and the `after` of the next page; null: not loaded.
  list = null;
  next = null;
  #room = null;

  constructor({ api, view, current, changed }) {
    Object.assign(this, { api, view, current, changed });
  }

  /// Whether what is here is of that room.
  of(room) {
    return this.#room === room;
  }

  /// Another room is open, or none.
  enter(room) {
    this.#room = room;
    Object.assign(this, { list: null, next: null });
  }

  /// Loads the first page, or the next one.
  async load({ more = false } = {}) {
    const room = this.#room;
    try {
      const { list, next } = await this.api.invites(room.name, more ? this.next : null);
      if (this.of(room)) Object.assign(this, { list: more ? [...this.list, ...list] : list, next });
    } catch (error) {
      if (this.of(room)) this.view.invites_told(plain(error));
    }
    this.changed();
  }

  /// Makes one and shows its link, which nobody can ask for again.
  async make(values) {
    const room = this.current();
    const { fault, ...wanted } = invite_wanted(values);
    this.view.invite_link_fault(fault ?? '');
    if (fault) return;
    try {
      const { url } = await this.api.make_invite(room.name, wanted);
      if (this.of(room)) this.view.show_link(url);
    } catch (error) {
      this.view.invite_link_fault(why_not(error));
      return;
    }
    await this.load();
  }

  /// Takes one back. One that is over by now is as good as taken back.
  async revoke(id) {
    const room = this.current();
    try {
      await this.api.revoke_invite(room.name, id);
    } catch (error) {
      if (error.status !== 404 && error.status !== 410) {
        this.view.invites_told(plain(error));
        return;
      }
    }
    await this.load();
    this.view.invites_told(say('invite_taken_back'));
  }

  /// Acts came: who was added may have used one.
  heard(room, acts) {
    if (this.of(room) && this.list && room.face.moderates && acts.some(({ kind }) => kind === 'add')) this.load();
  }
}

function why_not(error) {
  if (error.code !== 'limit_reached') return plain(error);
  return say('invites_full');
}
