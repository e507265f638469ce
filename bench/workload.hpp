#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "bench/client.hpp"
#include "bench/histogram.hpp"
#include "bench/names.hpp"
#include "bench/options.hpp"
#include "bench/order.hpp"
#include "bench/payload.hpp"

namespace greenroom::bench {

/// Members talk. Every single delivery is checked: right room, right bytes, in order, once. In the closed loop a
/// message is outstanding until every member has it, its author included where the protocol has that, so that no server
/// can run ahead of its slowest member.
class workload final : private receiver {
 public:
  explicit workload(const options& wanted);

  /// Joins all, and finds out with one message whether they hear one another.
  void begin();
  /// Sends and receives until then.
  void run_until(std::uint64_t end);
  /// Counts and times deliveries from now on, or no longer.
  void measure(bool on) { measuring_ = on; }
  /// Sends no more, and waits for what is under way.
  void finish();

  [[nodiscard]] const deliveries& counted() const { return counted_; }
  [[nodiscard]] const histogram& latency() const { return latency_; }
  [[nodiscard]] const client& sockets() const { return sockets_; }
  /// How often a message is delivered.
  [[nodiscard]] std::uint32_t copies() const { return copies_; }

 private:
  struct slot {
    std::uint32_t number = 0;
    std::uint32_t missing = 0;  ///< members who don't have it yet
  };
  struct sender {
    std::uint32_t connection = 0;
    std::uint32_t next = 0;
    std::uint32_t outstanding = 0;
    std::uint64_t progress_ns = 0;
    bool waiting = false;  ///< in `refills_`
    std::vector<slot> slots;
  };

  void send(std::uint32_t who, std::uint64_t at);
  void refill(std::uint32_t who, std::uint64_t now);
  void keep_windows_full(std::uint64_t now);
  void send_what_is_due(std::uint64_t now);
  void give_stalled_windows_back(std::uint64_t now);
  void delivered(std::uint32_t connection, std::string_view text, std::string_view id, std::uint64_t now) override;
  void acknowledge(std::uint32_t who, std::uint32_t number, std::uint64_t now);

  const options& wanted_;
  payload text_;
  names called_;
  std::unique_ptr<protocol> spoken_;
  client sockets_;
  order came_;  ///< by connection and sender of its room
  std::uint32_t copies_ = 0;
  std::vector<sender> senders_;
  std::vector<std::uint32_t> refills_;
  std::uint32_t slot_mask_ = 0;
  bool sending_ = false;
  bool measuring_ = false;
  std::uint64_t started_ns_ = 0;
  std::uint64_t ticks_ = 0;
  std::uint64_t next_check_ns_ = 0;
  deliveries counted_;
  histogram latency_;
};

}  // namespace greenroom::bench
