#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/cursor.hpp"
#include "core/ports.hpp"
#include "net/hub.hpp"
#include "net/outlet.hpp"

namespace greenroom::net {

/// Requests of other threads to a shard, in order.
struct hub_command {
  struct listen {
    core::topic_id topic;
    core::connection_id connection;
    core::hearing how;
  };
  struct open {
    core::topic_id topic;
    core::connection_id connection;
    std::shared_ptr<const std::string> first;
    core::seq_no next;
  };
  struct rehear {
    core::topic_id topic;
    core::connection_id connection;
    core::hearing how;
  };
  struct leave {
    core::topic_id topic;
    core::connection_id connection;
    std::shared_ptr<const std::string> last;
  };
  struct deliver {
    core::topic_id topic;
    std::shared_ptr<const core::encoded_batch> batch;
  };
  struct tell {
    core::topic_id topic;
    std::shared_ptr<const core::encoded_event> event;
    bool keep = false;  ///< no later one stands for it: it waits where it can't be taken
  };
  struct skip {
    core::topic_id topic;
    core::seq_no head;
  };
  struct end {
    core::topic_id topic;
    std::shared_ptr<const core::encoded_event> last;
  };
  /// A connection's call, in one queue with its relays' commands: a client sees both in the order they were made.
  struct call {
    std::shared_ptr<outlet> of;
    client_call::any what;
  };
  using any = std::variant<listen, open, rehear, leave, deliver, tell, skip, end, call>;
};

/// The listeners of one io thread. Commands queue up and are carried out in one task; the bytes that reached outboxes
/// meanwhile are written at its end, so that many batches become one write.
class hub_shard {
 public:
  hub_shard(boost::asio::io_context& context, std::size_t slot, const hub_settings& settings);

  // ---- from any thread

  /// Queues a command.
  void push(hub_command::any what);
  /// Cuts all connections, and every later one as it comes.
  void stop();
  [[nodiscard]] hub_figures figures() const;
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] const hub_settings& settings() const noexcept { return settings_; }

  // ---- on the io thread

  /// Knows the connection from now on, and holds it.
  void add(std::shared_ptr<outlet> who);
  /// Forgets the connection and all that it listens to. Not from within an outlet's virtual methods, but for `cut`.
  void remove(outlet& who);
  /// Queues an answer for the connection.
  void answer(outlet& who, slice what);
  /// Queues something for the connection that it can do without; counts it as dropped where there is no room.
  void hint(outlet& who, slice what);
  /// Sends the frames that name the gap, and the entries after it. Nothing where the listening that had the gap is
  /// over.
  void tell_gap(outlet& who, const client_call::send_gap& what);
  /// The outbox got bytes: it is written at the end of this turn.
  void mark_dirty(outlet& who);
  /// The socket takes bytes again.
  void writable(outlet& who);
  /// The connection can't be waited for any longer: counts it, and has it close as too slow.
  void overflow(outlet& who);

 private:
  using batch_ptr = std::shared_ptr<const core::encoded_batch>;
  using event_ptr = std::shared_ptr<const core::encoded_event>;
  struct listener {
    outlet* who;
    core::hearing how;
    core::cursor<batch_ptr> at;
    std::unique_ptr<std::vector<event_ptr>> late{};  ///< wait for room in the outbox, in order; null: none
  };
  using topic = std::vector<listener>;

  void turn();
  void run(hub_command::listen& what);
  void run(hub_command::open& what);
  void run(hub_command::rehear& what);
  void run(hub_command::leave& what);
  void run(hub_command::deliver& what);
  void run(hub_command::tell& what);
  void run(hub_command::skip& what);
  void run(hub_command::end& what);
  void run(hub_command::call& what);

  [[nodiscard]] outlet* find(core::connection_id id) const;
  [[nodiscard]] listener* find(core::topic_id in, core::connection_id connection);
  void unsubscribe(outlet& who, core::topic_id from);
  void remove_place(core::topic_id which, std::uint32_t place);

  void mark_personal(const core::encoded_batch& batch);
  [[nodiscard]] bool send_range(listener& to, const batch_ptr& batch, core::frame_range range);
  [[nodiscard]] std::uint32_t send_run(listener& to, const batch_ptr& batch, core::frame_range run);
  [[nodiscard]] bool send_message(outlet& to, const slice& what);
  void let_out(listener& to, const std::vector<core::cursor<batch_ptr>::piece>& held);
  void torn(listener& who);
  void report(outlet& who, core::topic_id from, core::entry_gap gap);
  void recover(outlet& who);
  void keep(listener& slow, const event_ptr& event);
  void catch_up(listener& slow);

  void write(outlet& who);
  void flush(outlet& who);
  void flush_dirty();
  void post_flush();
  void account(outlet& who);
  void start_ticking();
  void publish_figures();

  boost::asio::io_context& context_;
  std::size_t slot_;
  hub_settings settings_;
  std::unordered_map<core::topic_id, topic> topics_;
  std::unordered_map<core::connection_id, std::shared_ptr<outlet>> connections_;
  std::vector<outlet*> dirty_;
  bool in_turn_ = false;
  bool flush_posted_ = false;
  bool ticking_ = false;
  bool stopped_ = false;
  std::uint64_t delivery_ = 0;
  core::topic_id current_;  ///< the topic of the command that is being carried out
  boost::asio::steady_timer ticker_;

  std::mutex lock_;
  std::vector<hub_command::any> inbox_;
  std::vector<hub_command::any> taken_;
  bool turn_posted_ = false;

  hub_figures counts_;
  std::array<std::atomic<std::uint64_t>, figure_list.size()> shown_{};
};

}  // namespace greenroom::net
