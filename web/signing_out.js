/// Signing out here. It asks where something waits to be sent, and tells the server, at once or later; the page draws.

import { say } from './say.js';

/// `session` keeps who is signed in, `life()` is their state, `end({notice})` shows the gate, `finish()` tells the server later.
export async function sign_out({ api, session, view, life, end, finish }) {
  const words = say('sign_out_unsent');
  if (life().outbox.waiting && !(await view.ask({ title: say('sign_out_ask'), yes: say('sign_out'), words }))) return;
  life().chat.stop();
  await life().drafts.settle_all();
  try {
    await api.logout();
    end({ notice: say('signed_out') });
  } catch (error) {
    const over = error.status === 401;
    if (!over) session.leaving.set(session.get()?.csrf ?? null);
    end({ notice: say(over ? 'signed_out' : 'signed_out_here') });
    finish();
  }
}
