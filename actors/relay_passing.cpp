#include "actors/relay_passing.hpp"

#include <string>

#include "core/direct.hpp"

namespace greenroom::actors {
namespace {

bool is_left_out(const relay_state& st, core::connection_id connection, const core::note_passing& note) {
  const auto& room = st.deps.room;
  const bool direct = core::nature_of(room) == core::room_nature::direct;
  if (direct && core::people_of(room).size() < 2) return false;
  return connection == note.from || (direct && !st.connections.at(connection).own->elsewhere);
}

// Those of one user's connections that have a talk: nobody else has a word for it.
template <class Each>
void for_each_talk(const relay_state& st, const core::user_id& user, Each each) {
  if (const auto found = st.talkers.find(user); found != st.talkers.end())
    for (const auto connection : found->second) each(connection);
}

}  // namespace

std::shared_ptr<core::encoded_event> encode_passing(const relay_state& st, const core::note_passing& note) {
  const core::passing_event event{st.deps.room, st.machine.generation(), &note};
  auto out = std::make_shared<core::encoded_event>();
  if (note.heard_by == core::earshot::all) {
    for (const auto& [voice, listeners] : st.voices) voice->encode(event, (*out)[voice->id()]);
    for_each_talk(st, note.user, [&](core::connection_id own) {
      if (is_left_out(st, own, note)) out->personal.emplace_back(own, std::string{});
    });
    return out;
  }
  for (const auto& user : note.hearers)
    for_each_talk(st, user, [&](core::connection_id one) {
      if (user == note.user && is_left_out(st, one, note)) return;
      out->personal.emplace_back(one, st.connections.at(one).voice->encoded(event));
    });
  return out;
}

}  // namespace greenroom::actors
