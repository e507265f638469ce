#pragma once
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "protocol/talk.hpp"
#include "protocol/voice.hpp"

/// Never leaves the process: the messages between sockets, connections and relays.
namespace greenroom::actors {

/// Everything that one read of a websocket brought.
struct frames_received {
  std::vector<std::string> frames;
};
/// The hub had to leave entries out.
struct entries_missed {
  core::topic_id topic;
  core::seq_no from, to;
};
/// The socket has room for the long answer that it was asked about.
struct outbox_roomy {};
struct socket_closed {};
/// The session, the node or the operator wants the connection to end.
struct end_connection {
  core::ec why = core::ec::invalid_token;
  std::string reason;
};

/// Asks a relay to bring a connection into its room.
struct listen {
  core::connection_id connection;
  core::user_id user;
  protocol::voice_pointer voice;  ///< the encoding of its events
  core::position from;
  std::shared_ptr<const protocol::own_words> own{};  ///< of a connection with a talk; else null
};
/// A connection with a talk was let in (`room_ready::joined`): these frames, then everything from `next` on. Answered
/// by `hubs_told`.
struct open_room_for {
  core::connection_id connection;
  std::string first;
  core::seq_no next;
};
/// The echo of the post that gets that id carries this tag, too. Before the post.
struct expect_post {
  core::connection_id connection;
  std::string id;
  std::string tag;
  std::string value;
};
/// A connection hears otherwise from now on.
struct hear_otherwise {
  core::connection_id connection;
  protocol::voice_pointer voice;
  std::shared_ptr<const protocol::own_words> own;
};
/// A relay tells a connection with a talk: what goes to its socket from now on comes behind this.
struct hubs_told {
  enum class what : std::uint8_t { opened, left, posts };
  core::room_id room;
  what of = what::opened;
  core::seq_no upto;  ///< posts: of this connection, up to there
};
/// Asks a relay for the people who are in its room.
struct who_is_here {};
struct people_here {
  core::room_members members;
};
struct unlisten {
  core::connection_id connection;
  core::farewell why{};
  bool at_once = false;  ///< others are told at once, where they are few
};
/// A relay tells a connection where its posts go; again whenever the room moved. A null room: it is unavailable now.
struct room_ready {
  core::room_id room;
  core::topic_id topic;
  room_actor handle;
  core::error refused{core::ec::none, {}, 0};  ///< gone, unavailable, …: the connection isn't in the room (any more)
  bool again = false;                          ///< the room was lost: posts that it hasn't answered are sent again
  /// The room's answer to a connection with a talk, which is to be opened; else null.
  std::shared_ptr<const core::room_joined> joined{};
};

}  // namespace greenroom::actors

// Never leaves the process: no type id, so that no peer can send it.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::frames_received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::entries_missed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::outbox_roomy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::socket_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::end_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::listen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::unlisten)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::open_room_for)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::expect_post)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::hear_otherwise)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::hubs_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::who_is_here)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::room_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(greenroom::actors::people_here)
