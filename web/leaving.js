/// A sign-out that the server hasn't heard of yet: a browser that others use must not stay signed in. Pure.

const again = 10000;

/// Returns a function that tells the server, and tries again until it has heard it. `leaving` keeps the session's word
/// meanwhile; `is_needed` says whether nobody has signed in since.
export function told_later({ api, leaving, is_needed, later = setTimeout }) {
  return async function tell() {
    const csrf = leaving.get();
    if (!csrf || !is_needed()) return;
    try {
      await api.logout(csrf);
      leaving.clear();
    } catch (error) {
      if (error.status === 401 || error.status === 403) leaving.clear();
      else later(tell, again);
    }
  };
}
