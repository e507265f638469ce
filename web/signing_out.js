/// Signing out here. It asks where something waits to be sent, and tells the server, at once or later; the page draws.

/// `session` keeps who is signed in, `life()` is their state, `end({notice})` shows the gate, `finish()` tells the server later.
export async function sign_out({ api, session, view, life, end, finish }) {
  const words = 'Some messages were not sent yet. They stay on this device and go out when you sign in again.';
  if (life().outbox.waiting && !(await view.ask({ title: 'Sign out?', yes: 'Sign out', words }))) return;
  life().chat.stop();
  await life().drafts.settle_all();
  try {
    await api.logout();
    end({ notice: 'You are signed out.' });
  } catch (error) {
    const over = error.status === 401;
    if (!over) session.leaving.set(session.get()?.csrf ?? null);
    end({
      notice: over ? 'You are signed out.' : 'You are signed out here. The server is told when it can be reached from here again.',
    });
    finish();
  }
}
