#pragma once
#include <memory>
#include <string>
#include <variant>

#include "core/client_messages.hpp"

/// What a client is told, as greenroom.v1.json would say it.
namespace greenroom::simulation {

struct joined_frame {
  core::room_id room;
  core::generation_id generation;
  core::seq_no head;
  core::room_members members;
  bool recovered = true;
  core::room_face face;
};
struct message_frame {
  core::room_id room;
  core::room_entry entry;  ///< with the client's id where the frame carries one
  bool duplicate = false;
};
struct gap_frame {
  core::room_id room;
  core::seq_no from, to;
};
struct left_frame {
  core::room_id room;
};
struct gone_frame {
  core::room_id room;
  core::ec reason = core::ec::gone;
  core::sanction because{};
};
/// An act that would have changed nothing.
struct unchanged_frame {
  core::room_id room;
  std::string client_id;
};
struct history_frame {
  core::room_id room;
  core::history_page page;
};
struct presence_frame {
  core::room_id room;
  core::presence_changed change;
};
struct news_frame {
  core::user_news what;
};
struct synced_frame {
  core::rooms_synced page;
};
struct other_frame {};  ///< pong, typing, read, heads: nothing rests on them
struct error_frame {
  core::error why;
  core::room_id room;
  std::string client_id;
};
struct close_frame {
  core::ec why = core::ec::internal;
};

using frame =
    std::variant<joined_frame, message_frame, gap_frame, left_frame, gone_frame, history_frame, presence_frame,
                 unchanged_frame, news_frame, synced_frame, other_frame, error_frame, close_frame>;
using frame_ptr = std::shared_ptr<const frame>;

template <class Frame>
[[nodiscard]] frame_ptr make_frame(Frame what) {
  return std::make_shared<const frame>(std::move(what));
}

/// For the script.
[[nodiscard]] std::string describe(const frame& what);

}  // namespace greenroom::simulation
