#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace greenroom::core {

using work_id = number_id<struct work_tag>;  ///< one password that waits or is being hashed

/// The network that a client's address counts as: an IPv4 address itself, the /64 of an IPv6 one (of which one
/// household has at least 2^64 addresses). Anything else stays as it is.
[[nodiscard]] std::string network_of(std::string_view address);

/// The origin of a password that is to be hashed.
struct password_claim {
  std::string network;
  std::string user;       ///< folded
  bool familiar = false;  ///< shows a valid token, or comes from where the user logged in before
};

struct password_queue_limits {
  std::size_t at_once = 2;        ///< hashes under way; at least 1
  std::size_t max_waiting = 256;  ///< at least 1
  milliseconds patience{9'000};   ///< work that waits longer is refused: nobody waits for its answer any more
};

/// Work that waits for the hashing pool, in two lanes. Within a lane each network has its turn, and within that, each
/// user, so that a flood delays others by one hash per network that floods, however much it sends (rounds, as in
/// start-time fair queueing, Goyal et al. 1996). Three of four hashes are the familiar lane's while it has any.
///
///   add ──► lane ──► network ──► user: [work][work]      next: the earliest round
///
/// A full queue pushes out the newest work of the network that has the most, rather than the work that came last.
class password_queue {
 public:
  explicit password_queue(password_queue_limits limits = {});

  /// Lines up `work`, not to be started for `hold` longer than the work before it in its line. Returns the work that
  /// was pushed out for it, which may be `work` itself.
  [[nodiscard]] std::optional<work_id> add(work_id work, const password_claim& claim, mono_time now,
                                           milliseconds hold = {});
  /// The work whose turn it is, if a hash may be started now.
  [[nodiscard]] std::optional<work_id> next(mono_time now);
  /// A hash that `next` started is finished.
  void finished() noexcept { --running_; }
  /// Takes out all work that has waited for too long.
  [[nodiscard]] std::vector<work_id> expire(mono_time now);

  [[nodiscard]] std::size_t waiting() const noexcept { return lanes_[0].waiting + lanes_[1].waiting; }

 private:
  struct entry {
    work_id work;
    mono_time added{};
    mono_time due{};
  };
  struct user_line {
    std::deque<entry> entries;
    std::uint64_t start = 0;  ///< the round that its next turn is in
    bool served = false;
  };
  struct network_line {
    std::map<std::string, user_line> users;
    std::uint64_t start = 0;  ///< the round that its next turn is in
    bool served = false;
    std::uint64_t now = 0;  ///< the round of its users
    std::size_t waiting = 0;
  };
  struct lane {
    std::map<std::string, network_line> networks;
    std::uint64_t now = 0;  ///< the round of its networks
    std::size_t waiting = 0;
  };
  using line_at = std::map<std::string, user_line>::iterator;
  using network_at = std::map<std::string, network_line>::iterator;

  [[nodiscard]] std::optional<work_id> take_from(lane& which, mono_time now);
  [[nodiscard]] std::optional<work_id> push_out();
  static void drop_if_empty(lane& which, network_at network, line_at user);

  password_queue_limits limits_;
  lane lanes_[2];  ///< strangers, familiar
  std::size_t running_ = 0;
  unsigned turn_ = 0;
};

}  // namespace greenroom::core
