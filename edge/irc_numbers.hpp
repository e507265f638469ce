#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "core/messages/counts.hpp"
#include "protocol/irc/server_words.hpp"

namespace greenroom::edge {

/// How many there are in the cluster, for LUSERS: at this node by now, at others as they have said last. Thread safe.
class irc_numbers {
 public:
  using number = std::shared_ptr<const std::atomic<std::uint32_t>>;

  /// `clients`: how many are signed in at this node, whatever they speak; `operators`: of those, who act as admins.
  irc_numbers(number clients, number operators) : clients_(std::move(clients)), operators_(std::move(operators)) {}

  /// The node has asked the others.
  void heard(const core::cluster_counted& said);
  /// All but `unknown`. The most that there ever were are the most that this was asked for.
  [[nodiscard]] protocol::irc::server_counts now();

 private:
  number clients_, operators_;
  std::mutex lock_;
  core::cluster_counted said_;
  std::uint32_t local_most_ = 0, users_most_ = 0;
};

}  // namespace greenroom::edge
