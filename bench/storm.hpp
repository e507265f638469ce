#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/client.hpp"
#include "bench/histogram.hpp"
#include "bench/names.hpp"
#include "bench/options.hpp"
#include "bench/order.hpp"
#include "bench/payload.hpp"
#include "bench/protocols/websocket.hpp"

namespace greenroom::bench {

/// greenroom.v1.json with what a client remembers: the last message it has without a hole, and the log's generation.
/// Behind the members are posters, each in its share of all rooms.
class returning final : public websocket {
 public:
  struct memory {
    std::uint64_t seen = 0;  ///< the last seq
    std::uint64_t head = 0;  ///< of the room when it joined last
  };

  returning(const options& wanted, const names& called);

  void say(std::uint32_t connection, std::string_view text, std::uint32_t number, std::string& out) override;
  void say_in(std::uint32_t room, std::string_view text, std::uint32_t number, std::string& out);

  std::vector<memory> members;
  std::uint64_t acknowledged = 0;  ///< messages of the posters
  std::uint64_t unrecovered = 0;   ///< joins that were told to page

 private:
  void upgraded(std::uint32_t connection, std::string& out, events& found) override;
  void heard(std::uint32_t connection, std::string_view frame, events& found) override;

  std::vector<std::string> generations_;      ///< by room
  std::vector<std::uint32_t> rooms_entered_;  ///< by poster
};

/// All members lose their sockets at once, miss messages, and come back at once with what they remember, while posting
/// goes on. Counts what it takes until each has everything.
class storm final : private receiver {
 public:
  explicit storm(const options& wanted);

  /// All join and get a message.
  void begin();
  /// All sockets of members end, and messages are posted that they miss.
  void break_off();
  /// All come back, until each has all that was posted.
  void come_back();
  /// Waits for what comes twice: it comes late.
  void finish() { sockets_.settle(0.5, 5); }

  [[nodiscard]] const deliveries& counted() const { return counted_; }
  /// From the attempt to connect until all that was missed is there.
  [[nodiscard]] const histogram& resumed() const { return resumed_; }
  [[nodiscard]] const client& sockets() const { return sockets_; }
  [[nodiscard]] std::uint64_t unrecovered() const { return spoken_.unrecovered; }
  [[nodiscard]] std::uint64_t again() const { return again_; }  ///< connections that had to be made more than once
  [[nodiscard]] double joined_s() const { return joined_s_; }   ///< until the last was in its room
  [[nodiscard]] double whole_s() const { return whole_s_; }     ///< until the last had everything

 private:
  void post(std::uint32_t room, std::uint64_t now);
  void post_everywhere();
  void wait_until(bool (storm::*done)() const, std::string_view what);
  void look_after(std::uint32_t member, std::uint64_t now);
  [[nodiscard]] bool all_have_all() const;
  [[nodiscard]] bool all_acknowledged() const { return spoken_.acknowledged == counted_.sent; }
  void delivered(std::uint32_t connection, std::string_view text, std::string_view id, std::uint64_t now) override;

  const options& wanted_;
  payload text_;
  names called_;
  returning spoken_;
  client sockets_;
  order came_;                           ///< by member
  std::vector<std::uint32_t> posted_;    ///< by room
  std::vector<std::uint64_t> began_ns_;  ///< by member: its attempt to come back; 0: none, or done
  deliveries counted_;
  histogram resumed_;
  std::uint64_t again_ = 0;
  double joined_s_ = 0;
  double whole_s_ = 0;
};

}  // namespace greenroom::bench
