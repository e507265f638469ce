#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/messages/cluster.hpp"
#include "core/messages/follower.hpp"
#include "core/time.hpp"

namespace greenroom::core {

struct follower_limits {
  milliseconds gather{500};         ///< from the growth of a log until it is read; more than the pause of `log_grew`
  milliseconds retry{1000};         ///< after a failure
  std::size_t rooms = 64;           ///< in one batch
  std::uint32_t entries = 500;      ///< in one batch
  std::uint32_t first = 32;         ///< of a room of which it isn't known how far it is behind
  unsigned rest = 19;               ///< after a batch that leaves a room behind: so many times what it took …
  milliseconds longest_rest{2000};  ///< … but no longer
  std::size_t behind = 10'000;      ///< rooms that are known to be behind: the scan waits while there are as many
};

/// The outcome of a part of a room's log.
struct followed {
  room_key key;
  seq_no cursor;      ///< by now
  seq_no head;        ///< when it was read
  bool gone = false;  ///< there is no such room any more
};

/// The next thing to do; nothing: wait until `due`.
struct follower_step {
  std::optional<room_key> scan;    ///< the rooms that are behind, with keys above this one; answered by `found`
  std::vector<follow_room> batch;  ///< to be read and stored; answered by `done`
};

/// The rooms whose logs this node follows, and when each is read on. All that counts is in the database: a cursor a
/// room, which moves in the transaction of what it stands for. So a follower may be lost at any moment, and two may
/// follow the same room: the one whose cursor has moved meanwhile stores nothing.
///
/// A room tells of its growth at most every 250 ms, and what it stores in that time without telling is found too: a
/// log is read `gather` after it has grown, and once more where it has grown since. At the start and with each view, a
/// scan finds the logs that have grown unheard and have their home here. Logs that are further behind than a batch are
/// read on with rests in between, one after the other; those that have just grown go first, and leave them a
/// quarter of each batch.
class follower {
 public:
  explicit follower(node_name self, follower_limits limits = {}) : self_(std::move(self)), limits_(limits) {}

  /// A room that lives here has stored entries.
  void grew(const log_grew& news, mono_time now);
  /// Homes may be elsewhere: a scan begins.
  void view_changed(std::shared_ptr<const cluster_view> view);

  /// One step at a time.
  [[nodiscard]] follower_step next(mono_time now);
  /// When `next` has something to do, unless something is under way; nothing: when there is news.
  [[nodiscard]] std::optional<mono_time> due() const;
  /// The answer to a scan: a page of it.
  void found(const result<rooms_behind>& page, mono_time now);
  /// The answer to a batch, of all its rooms; or nothing of it is stored, and it is tried again.
  void done(const result<std::vector<followed>>& outcome, mono_time now);

  /// The entries that are known to be behind the cursors.
  [[nodiscard]] std::uint64_t behind() const noexcept { return entries_behind_; }
  /// The rooms that are to be read on.
  [[nodiscard]] std::size_t rooms() const noexcept { return rooms_.size(); }

 private:
  enum class queue : std::uint8_t { grown, behind, under_way };
  struct followed_room {
    queue in = queue::grown;
    mono_time due{};    ///< grown: when it is read
    mono_time heard{};  ///< it may have grown until then, unheard
    seq_no cursor, head;
    std::uint32_t share = 0;  ///< under way: entries, at most
  };
  using table = std::unordered_map<room_key, followed_room>;

  void count(const followed_room& room, bool in) noexcept;
  void queue_grown(table::iterator room, mono_time due);
  void queue_behind(table::iterator room);
  [[nodiscard]] bool may_scan(mono_time now) const;
  [[nodiscard]] follower_step scan();
  void take_grown(mono_time now, std::uint32_t entries, follower_step& out);
  void take_behind(std::uint32_t entries, follower_step& out);
  void take(room_key key, std::uint32_t& left, follower_step& out);
  void settle(const followed& one, mono_time now);

  node_name self_;
  follower_limits limits_;
  std::shared_ptr<const cluster_view> view_;
  table rooms_;
  std::set<std::pair<mono_time, room_key>> grown_;
  std::deque<room_key> behind_;
  std::vector<room_key> under_way_;
  std::optional<room_key> scan_from_;  ///< the scan goes on there
  bool scanning_ = false;              ///< a page is under way
  bool scan_is_next_ = false;          ///< … or comes before the next batch, which may fail for ever
  bool again_ = false;                 ///< the view has changed meanwhile
  mono_time begun_{};                  ///< the step under way
  mono_time rest_until_{};             ///< no log that is behind is read, and nothing is scanned
  mono_time retry_at_{};               ///< nothing is done
  std::size_t cautious_ = 0;           ///< so many batches have one room each: one of them failed
  std::uint64_t entries_behind_ = 0;
};

}  // namespace greenroom::core
