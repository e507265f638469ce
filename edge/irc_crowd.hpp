#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/ports.hpp"
#include "core/tally.hpp"
#include "protocol/irc/company.hpp"

namespace greenroom::edge {

/// The signed-in clients of IRC at an edge, and those who were here. Thread safe.
class irc_crowd {
 public:
  /// `opers`: how many of them act as admins of the server; shared with the node, which tells the cluster.
  explicit irc_crowd(std::shared_ptr<std::atomic<std::uint32_t>> opers) : opers_(std::move(opers)) {}

  /// Counts one more connection of that account; false where it has `most` already.
  [[nodiscard]] bool count_in(const core::user_id& user, std::size_t most);
  /// Counts one less.
  void count_out(const core::user_id& user);

 private:
  friend class irc_neighbour;

  static constexpr std::size_t most_past = 1000;

  mutable std::mutex lock_;
  std::map<core::connection_id, std::weak_ptr<core::client>> listeners_;  ///< to WALLOPS
  std::deque<protocol::irc::past_person> past_;                           ///< the newest first
  std::shared_ptr<std::atomic<std::uint32_t>> opers_;
  core::tally<core::user_id> connections_;  ///< by account
};

/// One of them.
class irc_neighbour final : public protocol::irc::company {
 public:
  irc_neighbour(std::shared_ptr<irc_crowd> crowd, core::connection_id id, std::weak_ptr<core::client> client,
                protocol::irc::past_person who);

  void is_oper(bool on) override;
  void hears_wallops(bool on) override;
  void wallops(const std::string& frames) override;
  [[nodiscard]] std::vector<protocol::irc::past_person> past_of(const core::user_id& user) const override;
  /// It is gone, and is one who was here from now on.
  void leave(core::wall_time now);

 private:
  std::shared_ptr<irc_crowd> crowd_;
  core::connection_id id_;
  std::weak_ptr<core::client> client_;
  protocol::irc::past_person who_;
  bool oper_ = false, gone_ = false;  ///< under the crowd's lock
};

}  // namespace greenroom::edge
