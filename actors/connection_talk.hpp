#pragma once
#include <string>
#include <vector>

#include "actors/connection_actor.hpp"

/// The part of a connection's actor that stands between `core::connection` and a talk (protocol/talk.hpp).
namespace greenroom::actors {

/// Carries out effects of `core::connection`; what follows of them for the talk, too.
void carry_out(connection_pointer self, core::connection_effects out);

/// The connection is there; and it ends, `by_us` or because its socket is gone.
void begin_talk(connection_pointer self);
void end_talk(connection_pointer self, bool by_us);
/// The client's frames: dealt with in turn, as its limits allow.
void hear_frames(connection_pointer self, const std::vector<std::string>& frames);
/// The limit that a frame waited for may have room.
void go_on_with_talk(connection_pointer self);
/// An event for the client.
void tell_talk(connection_pointer self, const core::client_event& event);
/// A post is durable.
void talk_stored(connection_pointer self, const core::room_id& room, const std::string& id, core::seq_no seq);
/// A relay let the connection in, or turned it away, after `core::connection` knows.
void talk_ready(connection_pointer self, const room_ready& told);
/// A relay has told the hubs.
void talk_told(connection_pointer self, const hubs_told& told);
/// A user looks so by now.
void talk_saw(connection_pointer self, const core::user_seen& what);
/// A second has passed.
void tick_talk(connection_pointer self);

}  // namespace greenroom::actors
