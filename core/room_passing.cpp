// A room's words that aren't stored: heard by those who are there, and forgotten.
#include <set>
#include <utility>

#include "core/modes.hpp"
#include "core/room.hpp"

namespace greenroom::core {

// Now, or not at all: it waits for no append. That it was allowed is all that the answer says.
void room::pass(const user_id& author, ask whose, core::post one, room_effects& out, instant now) const {
  if (stop_ != ec::none) return refuse(whose, {stop_, {}, 0}, out);
  if (must_read()) return refuse(whose, {ec::unavailable, {}, 0}, out);
  if (const auto why = roster_.may_write(author, now.wall); why != ec::none) {
    const auto* const because = roster_.sanction_of(author, now.wall);
    return refuse(whose, {why, {}, 0, because ? std::make_shared<const sanction>(*because) : nullptr}, out);
  }
  if (one.text.view().starts_with('\x01') && roster_.settings().modes.has(room_flag::no_ctcp))
    return refuse(whose, {ec::forbidden, "This room takes no requests of clients.", 0}, out);
  note_passing note{.user = author,
                    .from = whose.from,
                    .kind = one.kind,
                    .id = std::move(one.client_id),
                    .text = std::move(one.text),
                    .extra = one.act ? one.act->extra : std::move(one.extra),
                    .heard_by = one.heard_by,
                    .at = now.wall};
  if (note.heard_by != earshot::all) {
    std::set<user_id> hearers;
    const bool voices = note.heard_by == earshot::voiced;
    for (const auto& [connection, who] : listeners_)
      if (roster_.role_of(who.user) >= room_role::moderator ||
          (voices && has_voice(roster_.settings().modes, who.user)))
        hearers.insert(who.user);
    note.hearers.assign(hearers.begin(), hearers.end());
  }
  out.passing.push_back(std::move(note));
  out.answers.emplace_back(whose.from, post_answer{whose.ticket, ec::none, {}, {}, false});
}

}  // namespace greenroom::core
