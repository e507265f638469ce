// The things that people in a room do to one another without an entry: they invite somebody, and others hear how they
// look.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/room.hpp"

namespace greenroom::core {
namespace {

constexpr seconds opening_lasts{3600};
constexpr std::size_t max_openings = 1000;

}  // namespace

result<room_effects> room::invite(const invite_person& who, instant now) {
  if (stop_ != ec::none) return stop_;
  if (must_read()) return ec::unavailable;
  if (!presence_.has(who.by)) return ec::not_joined;
  if (roster_.settings().access != room_access::open || nature_of(id_) != room_nature::room) return ec::forbidden;
  if (presence_.has(who.user)) return ec::conflict;
  if (roster_.role_of(who.by) >= room_role::moderator) {
    std::erase_if(openings_, [&](const auto& one) { return one.second <= now.mono; });
    if (openings_.size() < max_openings) openings_[who.user] = now.mono + opening_lasts;
  }
  room_effects out;
  out.news.push_back({.user = who.user, .kind = news_kind::invited, .room = id_, .by = who.by});
  return out;
}

// Once they have come in, it is shut again.
bool room::opens_for(const user_id& user, mono_time now) {
  const auto known = openings_.extract(user);
  return known && known.mapped() > now;
}

std::optional<note_face> room::looked(note_face note) {
  if (!presence_.has(note.user) || !presence_.tells_names()) return std::nullopt;
  const auto [known, added] = faces_.try_emplace(note.user);
  known->second.user = note.user;
  const bool renamed = !note.realname.empty() && note.realname != known->second.realname;
  if (!renamed) note.realname = {};
  if (note.away == known->second.away && !renamed) {
    if (added) faces_.erase(known);
    return std::nullopt;
  }
  known->second.away = note.away;
  if (renamed) known->second.realname = note.realname;
  return note;
}

}  // namespace greenroom::core
