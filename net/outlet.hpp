#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/cursor.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/ports.hpp"
#include "core/time.hpp"
#include "net/outbox.hpp"
#include "net/unsent.hpp"

namespace greenroom::net {

class hub_shard;

/// The calls of `core::client`, by which a connection's actor asks its socket for something.
struct client_call {
  struct send {
    slice frames;
  };
  struct hint {
    slice frames;
  };
  struct send_gap {
    core::topic_id topic;
    core::entry_gap gap;
    slice frames;
  };
  struct close {
    core::ec why;
    std::string reason;
  };
  struct release {
    std::uint32_t count;
  };
  struct ask_room {
    core::answer_kind what;
  };
  struct return_room {
    std::uint32_t count;
  };
  using any = std::variant<send, hint, send_gap, close, release, ask_room, return_room>;
};

/// A connection, as its hub shard sees it: an outbox with a socket behind it. Everything here is for the shard, on
/// its io thread. None of the virtual methods may remove an outlet from the shard; they post that.
class outlet : public std::enable_shared_from_this<outlet> {
 public:
  outlet(core::connection_id id, std::size_t outbox_bound, std::shared_ptr<unsent::account> client)
      : out_(outbox_bound), id_(id), client_(std::move(client)) {}
  virtual ~outlet() = default;
  outlet(const outlet&) = delete;
  outlet& operator=(const outlet&) = delete;

  [[nodiscard]] core::connection_id id() const noexcept { return id_; }

 protected:
  friend class hub_shard;

  /// The socket, for `sendmsg`.
  [[nodiscard]] virtual int handle() = 0;
  /// Calls `hub_shard::writable` as soon as the socket takes bytes again.
  virtual void await_writable() = 0;
  /// It can't be waited for any longer: close as too slow.
  virtual void overflowed() = 0;
  /// It awaited room, and something was written since.
  virtual void drained() = 0;
  /// These entries were not sent, and won't be.
  virtual void missed(core::topic_id topic, core::seq_no from, core::seq_no to) = 0;
  /// The outbox is empty again.
  virtual void written() = 0;
  /// The socket can't be written any more.
  virtual void broken() = 0;
  /// Does what the connection's actor asks.
  virtual void carry_out(client_call::any& what) = 0;
  /// Called once per tick.
  virtual void tick(core::mono_time now) = 0;
  /// The hub goes away: close at once, without a close frame.
  virtual void cut() = 0;

  /// The bytes that wait for all connections of this one's client.
  [[nodiscard]] unsent::account& owed() const noexcept { return *client_; }

  outbox out_;
  tls_session* tls_ = nullptr;  ///< the TLS of the socket, with its output kept; null: plain TCP
  bool awaits_room_ = false;    ///< `drained` is wanted

 private:
  struct subscription {
    core::topic_id topic;
    std::uint32_t place;  ///< in the topic's listeners
  };
  /// Which of a batch's personal frames are for this connection, while that batch is delivered.
  struct personal_mark {
    std::uint64_t delivery = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  core::connection_id id_;
  std::vector<subscription> topics_;
  personal_mark mark_;
  std::size_t counted_bytes_ = 0;  ///< of the outbox, as the shard's figures have it
  bool dirty_ = false;
  bool blocked_ = false;
  bool holed_ = false;  ///< a cursor of its may have a hole
  std::shared_ptr<unsent::account> client_;
};

}  // namespace greenroom::net
