/// What of the page is loaded when it is first used: its dialogs, and what asks the server for what they show.

import { own_account } from './account.js';
import { account_panel } from './account_panel.js';
import { with_recent } from './emoji.js';
import { emoji_panel } from './emoji_panel.js';
import { help_panel } from './help_panel.js';
import { invite_panels } from './invite_panels.js';
import { room_invites } from './invites.js';
import { mention_panel } from './mention_panel.js';
import { own_access } from './own_access.js';
import { own_mentions } from './own_mentions.js';
import { own_panel } from './own_panel.js';
import { own_settings } from './own_settings.js';
import { pins_panel } from './pins_panel.js';
import { room_pins } from './room_pins.js';
import { running_panel } from './running_panel.js';
import { switcher_panel } from './switcher_panel.js';
import { places } from './switching.js';

/// `life()` is the signed-in user's state, `current()` the open room or null; `known_places()` and `go_to(place)` are for the
/// switcher, `emoji` is what the choice of one needs (see emoji_panel.js),
/// `jump(seq)` shows a message of the open room, `choose_calls(wanted)` turns notifications on or off,
/// `account_ended(notice, {gone})` is called where the session is over, `changed()` has the page drawn again.
export class more_page {
  constructor({ api, life, current, contacts, running, device, calls, emoji, known_places, go_to, jump, choose_calls, account_ended, changed }) {
    Object.assign(this, { life, current, contacts, running, device, calls });
    const acts = {
      save_settings: (values) => running.save(values),
      sanctions_shown: () => running.load_sanctions(),
      more_sanctions: (which) => running.load_sanctions(which),
      choose_by_name: (name) => running.choose_by_name(name),
      lift: (kind, user) => running.lift(kind, user),
      audit_shown: () => running.load_audit(),
      more_audit: () => running.load_audit({ more: true }),
      invites_shown: () => this.invites.load(),
      more_invites: () => this.invites.load({ more: true }),
      make_invite: (values) => this.invites.make(values),
      revoke_invite: (id) => this.invites.revoke(id),
      pins_shown: () => this.pins.search(),
      jump,
      mentions_shown: () => this.mentioned.load(),
      more_mentions: () => this.mentioned.load({ more: true }),
      own_shown: () => this.#load_own(),
      choose_writers: (direct) => this.settings.choose(direct),
      unblock: (user) => contacts.carry_out({ contact: 'unblock', user }),
      change_password: (passwords) => this.access.change_password(passwords),
      end_session: (id) => this.access.end(id),
      end_other_sessions: () => this.access.end_others(),
      choose_look: (name, value) => device.choose(name, value),
      choose_calls,
      delete_account: (choices) => this.account.delete(life().user, choices),
      places: () => places(known_places()),
      go_to,
    };
    this.changed = changed;
    this.room_panel = new running_panel(acts, current);
    this.invite_panel = new invite_panels(acts);
    this.account_panel = new account_panel(acts);
    this.own_panel = new own_panel(acts, () => this.account_panel.open());
    this.pins_panel = new pins_panel(acts);
    this.mention_panel = new mention_panel(acts);
    this.switcher = new switcher_panel(acts);
    this.help = new help_panel();
    this.emoji = new emoji_panel({ ...emoji, with_recent });
    this.invites = new room_invites({ api, view: this.invite_panel, current, changed });
    this.pins = new room_pins({ api, current, changed });
    this.mentioned = new own_mentions({ api, changed });
    this.settings = new own_settings({ api, view: this.own_panel, changed });
    this.access = new own_access({ api, view: this.own_panel, changed });
    this.account = new own_account({ api, view: this.account_panel, ended: account_ended });
    this.enter(current());
  }

  /// Opens a dialog. `part` is what of it is wanted.
  open(dialog, part) {
    const opens = {
      settings: () => this.room_panel.open_settings(),
      topic: () => this.room_panel.open_settings('settings-topic'),
      sanctions: () => this.room_panel.open_sanctions(),
      audit: () => this.room_panel.open_audit(),
      invites: () => this.invite_panel.open_links(),
      pins: () => this.pins_panel.open(),
      mentions: () => this.mention_panel.open(),
      own: () => this.own_panel.open(part),
      switch: () => this.switcher.open(),
      help: () => this.help.open(),
    };
    opens[dialog]();
    this.changed();
  }

  /// Another room is open, or none: what is open belongs to the last one.
  enter(room) {
    for (const panel of [this.room_panel, this.invite_panel, this.pins_panel, this.emoji]) panel.reset();
    for (const part of [this.invites, this.pins]) part.enter(room);
  }

  /// Nobody is signed in any more, or somebody is now: what was here was another's.
  forget() {
    for (const panel of [this.account_panel, this.own_panel, this.mention_panel, this.switcher, this.help]) panel.reset();
    for (const part of [this.access, this.mentioned, this.settings]) part.reset();
    this.invite_panel.close_invitation();
    this.enter(null);
  }

  /// Acts came: what the lists have is another thing now.
  heard(room, acts) {
    this.invites.heard(room, acts);
    this.pins.heard(room, acts);
  }

  draw({ room, me, now }) {
    this.own_panel.show({
      me,
      direct: this.settings.direct,
      blocked: this.contacts.blocked(),
      sessions: this.access.sessions,
      chosen: this.device.chosen,
      calls: this.calls.state,
      now,
    });
    this.mention_panel.show({ ...this.mentioned, more: this.mentioned.next !== null, me, now });
    if (!room) return;
    if (this.running.of(room)) this.room_panel.show_lists({ ...this.running, me, now });
    if (this.invites.of(room)) this.invite_panel.show_invites({ list: this.invites.list, more: this.invites.next, now });
    this.pins_panel.show({ list: this.pins.list(), busy: this.pins.busy, fault: this.pins.fault });
  }

  #load_own() {
    this.changed();
    for (const part of [this.settings, this.contacts, this.access]) part.load();
  }
}
