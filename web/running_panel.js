/// The page's dialogs about running a room and about what can be done with people and messages. It shows what it is told and
/// says what the person does.

import { act_sentence } from '../clients/js/src/sentences.js';
import { clock_words, moment_words, until_words } from '../clients/js/src/text.js';
import { lengths } from './deeds.js';
import { actions } from './dialog_parts.js';
import { element, renew } from './elements.js';
import { audit_dialog, deed_dialog, sanctions_dialog, settings_dialog } from './running_dialogs.js';
import { say } from './say_more.js';
import { day_words } from './words.js';

const by_id = (id) => document.getElementById(id);

function deed_button({ key, label, danger }) {
  const className = danger ? 'quiet danger' : 'quiet';
  return element('button', { className, value: key, dataset: { deed: key } }, label);
}

/// `acts` has a function for each thing that a person can do here; see `more.js`. `current()` is the open room.
export class running_panel {
  #answer_deed = null;

  constructor(acts, current) {
    Object.assign(this, { acts, current });
    document.body.append(deed_dialog(), settings_dialog(), sanctions_dialog(), audit_dialog());
    by_id('deed-end').replaceChildren(
      ...lengths.map((seconds) => element('option', { value: String(seconds), say: `length_${seconds}` })),
    );
    this.#make_deeds();
    this.#wire_deed();
    this.#wire_settings();
    this.#wire_sanctions();
    by_id('audit-more').addEventListener('click', () => acts.more_audit());
    by_id('audit-close').addEventListener('click', () => by_id('audit').close());
  }

  /// Another room, or none: what is open belongs to the last one.
  reset() {
    this.deeds.close();
    for (const id of ['deed', 'settings', 'sanctions', 'audit']) by_id(id).close();
    for (const id of ['bans', 'mutes', 'audit-list']) renew(by_id(id), []);
  }

  // ---- deeds -----------------------------------------------------------------------------------------------------

  /// Offers deeds (see deeds.js); resolves to the chosen one, or null. `words` are about what or whom it is.
  choose({ title, words = '', deeds }) {
    const dialog = this.deeds;
    this.deeds_title.textContent = title;
    this.deeds_words.textContent = words;
    this.deeds_list.replaceChildren(
      ...(deeds.length ? deeds.map(deed_button) : [element('p', { className: 'hint' }, say('nothing_to_do'))]),
    );
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
      const chosen = () => resolve(deeds.find(({ key }) => key === dialog.returnValue) ?? null);
      dialog.addEventListener('close', chosen, { once: true });
    });
  }

  /// Asks for what a deed needs; resolves to `{reason, seconds}`, or null where the person thought better of it.
  /// `fault(reason)` says why a reason can't be.
  ask_deed({ title, words, yes, danger, asks_reason, asks_end }, fault) {
    by_id('deed-form').reset();
    by_id('deed-title').textContent = title;
    by_id('deed-words').textContent = words;
    by_id('deed-reason-part').hidden = !asks_reason;
    by_id('deed-end-part').hidden = !asks_end;
    by_id('deed-end').value = String(lengths[1]);
    by_id('deed-fault').textContent = '';
    by_id('deed-yes').textContent = yes;
    by_id('deed-yes').classList.toggle('danger', Boolean(danger));
    by_id('deed').showModal();
    by_id(asks_reason ? 'deed-reason' : 'deed-cancel').focus();
    return new Promise((resolve) => {
      this.#answer_deed = { resolve, fault };
    });
  }

  #make_deeds() {
    this.deeds_title = element('h2', { id: 'deeds-title' });
    this.deeds_words = element('p', { id: 'deeds-words', className: 'hint' });
    this.deeds_list = element('div', { id: 'deeds-list', className: 'stack' });
    const cancel = actions(element('button', { className: 'quiet', value: '', say: 'cancel' }));
    const form = element('form', { method: 'dialog' }, this.deeds_title, this.deeds_words, this.deeds_list, cancel);
    this.deeds = element('dialog', { id: 'deeds', 'aria-labelledby': 'deeds-title' }, form);
    document.body.append(this.deeds);
  }

  #wire_deed() {
    const dialog = by_id('deed');
    by_id('deed-cancel').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      this.#answer_deed?.resolve(null);
      this.#answer_deed = null;
    });
    by_id('deed-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const reason = by_id('deed-reason').value;
      const fault = this.#answer_deed?.fault(reason) ?? '';
      by_id('deed-fault').textContent = fault;
      if (fault) return;
      this.#answer_deed?.resolve({ reason, seconds: Number(by_id('deed-end').value) });
      this.#answer_deed = null;
      dialog.close();
    });
  }

  // ---- settings --------------------------------------------------------------------------------------------------

  settings_fault(text) {
    by_id('settings-fault').textContent = text;
  }

  /// `field`: the one to begin with.
  open_settings(field = 'settings-name') {
    const { face } = this.current();
    by_id('settings-name').value = face.title;
    by_id('settings-topic').value = face.topic;
    by_id('settings-slow').value = String(face.slow);
    by_id('settings-post').value = face.post;
    by_id('settings-access').value = face.access;
    by_id('settings-owner-part').hidden = !face.may({ kind: 'settings', set: ['access', 'post'] });
    this.settings_fault('');
    by_id('settings').showModal();
    by_id(field).focus();
    if (field === 'settings-topic') by_id(field).select();
  }

  #wire_settings() {
    by_id('settings-cancel').addEventListener('click', () => by_id('settings').close());
    by_id('settings-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const owners = by_id('settings-owner-part').hidden
        ? {}
        : { post: by_id('settings-post').value, access: by_id('settings-access').value };
      const saved = await this.acts.save_settings({
        title: by_id('settings-name').value,
        topic: by_id('settings-topic').value,
        slow: by_id('settings-slow').value,
        ...owners,
      });
      if (saved) by_id('settings').close();
    });
  }

  // ---- bans, mutes, what was done --------------------------------------------------------------------------------

  open_sanctions() {
    this.sanction_fault('');
    by_id('sanctions').showModal();
    this.acts.sanctions_shown();
  }

  open_audit() {
    by_id('audit').showModal();
    this.acts.audit_shown();
  }

  sanction_fault(text) {
    by_id('sanction-fault').textContent = text;
  }

  /// Pages of bans and of mutes, null while they aren't here; of acts, the newest first. `me` reads them at `now`.
  show_lists({ bans, mutes, audit, me, now }) {
    this.#show_sanctions('bans', 'unban', bans, now);
    this.#show_sanctions('mutes', 'unmute', mutes, now);
    by_id('sanctions-words').textContent = bans && mutes ? '' : say('loading');
    renew(
      by_id('audit-list'),
      (audit?.entries ?? []).map((entry) => {
        const at = new Date(entry.at);
        const when = `${day_words(at, now)}, ${clock_words(at)}`;
        const time = element('time', { dateTime: at.toISOString(), title: moment_words(at) }, when);
        return element('li', { dataset: { seq: entry.seq, kind: entry.kind } }, time, ` ${act_sentence(entry, me)}`);
      }),
    );
    by_id('audit-more').hidden = !audit?.next;
    by_id('audit-words').textContent = !audit ? say('loading') : audit.entries.length ? '' : say('nothing_yet');
  }

  #show_sanctions(id, kind, page, now) {
    const items = (page?.list ?? []).map(({ user, by, reason, until }) => {
      const end = until ? say('because_until', { end: until_words(new Date(until), now) }) : say('because_no_end');
      const words = [end, by ? say('because_by', { by }) : ''].filter(Boolean).join(', ') + (reason ? `: ${reason}` : '');
      return element(
        'li',
        { dataset: { user } },
        element('span', { className: 'name' }, element('strong', {}, user), ` ${words}`),
        element(
          'button',
          {
            type: 'button',
            className: 'quiet',
            'aria-label': say(`deed_${kind}`, { name: user }),
            dataset: { focus: `${kind}-${user}` },
            onclick: () => this.acts.lift(kind, user),
          },
          say('lift'),
        ),
      );
    });
    renew(by_id(id), items.length || !page ? items : [element('li', { className: 'hint' }, say('nobody'))]);
    by_id(`${id}-more`).hidden = !page?.next;
  }

  #wire_sanctions() {
    by_id('sanctions-close').addEventListener('click', () => by_id('sanctions').close());
    for (const which of ['bans', 'mutes'])
      by_id(`${which}-more`).addEventListener('click', () => this.acts.more_sanctions(which));
    by_id('sanction-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      if (await this.acts.choose_by_name(by_id('sanction-name').value.trim())) by_id('sanction-name').value = '';
    });
  }
}
