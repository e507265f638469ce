#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/cursor.hpp"
#include "core/ports.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/wire.hpp"

namespace greenroom::simulation {

class hub;

/// How much a socket takes, in frames; `net` counts bytes.
struct socket_limits {
  std::size_t outbox = 16;      ///< that wait for a slow client
  std::size_t long_answer = 4;  ///< what a page, or a replay, is reckoned as
  std::size_t commands = 8;     ///< that aren't dealt with, until no more is read
};

/// A websocket at the edge: its outbox, its window, and the room for long answers (net/ws_connection.cpp,
/// net/outbox.cpp). Lives on the hub's thread, but for what stands under "the client port".
class socket final : public wire_server, public std::enable_shared_from_this<socket> {
 public:
  socket(process& home, hub& at, core::connection_id id, std::shared_ptr<wire> through, socket_limits limits);

  void start(handle<connection_shell> owner) { owner_ = owner; }

  // ---- the client port, for the connection
  void send(frame_ptr what);
  void hint(frame_ptr what);
  void send_gap(core::topic_id topic, core::entry_gap gap, frame_ptr what);
  void close(ec why);
  void release(std::uint32_t count);
  void ask_room(core::answer_kind what);
  void return_room(std::uint32_t count);

  // ---- the wire
  void said(core::client_command what) override;
  void writable() override;
  void hung_up() override;

  // ---- the hub
  void take_letter();
  [[nodiscard]] bool take_message(const frame_ptr& what);
  void take_answer(const frame_ptr& what);
  [[nodiscard]] bool take_latest(const frame_ptr& what);
  void flush();
  void overflowed();
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to);
  [[nodiscard]] bool roomy() const noexcept { return out_.size() < limits_.outbox / 2; }
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }
  [[nodiscard]] core::connection_id id() const noexcept { return id_; }

  bool holed = false;                    ///< one of its cursors has a hole
  std::vector<core::topic_id> topics{};  ///< that it listens to

 private:
  /// One thing that the connection wants, in order with what relays do.
  struct waiting_letter {
    frame_ptr what{};
    bool dispensable = false;
    std::optional<std::pair<core::topic_id, core::entry_gap>> gap{};
    std::optional<ec> close{};
    std::uint32_t released = 0;
    std::uint32_t returned = 0;
    std::optional<core::answer_kind> asked{};
  };

  void post(waiting_letter what);
  void write();
  void read();
  void grant();
  void close_with(ec why);
  template <class Message>
  void tell_owner(Message what);

  process& home_;
  hub& hub_;
  core::connection_id id_;
  std::shared_ptr<wire> wire_;
  socket_limits limits_;
  handle<connection_shell> owner_;
  std::deque<waiting_letter> letters_;
  std::deque<frame_ptr> out_;
  std::deque<core::client_command> inbox_;
  std::uint32_t unreleased_ = 0;
  std::uint32_t granted_ = 0;
  std::optional<core::answer_kind> wanted_;
  bool awaits_room_ = false;
  bool blocked_ = false;
  bool sealed_ = false;
  bool gone_ = false;
};

}  // namespace greenroom::simulation
