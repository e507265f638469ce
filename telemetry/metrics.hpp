#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace greenroom::telemetry {

/// A number that only rises. Copies count into the same number; a default one counts nothing. Thread-safe, 10 ns.
class counter {
 public:
  counter() = default;
  /// Refers to a registry's counter, which must outlive this.
  explicit counter(prometheus::Counter* counted) noexcept : counted_{counted} {}
  /// Adds n.
  void add(std::uint64_t n = 1) const noexcept;

 private:
  prometheus::Counter* counted_ = nullptr;
};

/// A number that rises and falls. Copies move the same number; a default one moves nothing. Thread-safe, 10 ns.
class gauge {
 public:
  gauge() = default;
  /// Refers to a registry's gauge, which must outlive this.
  explicit gauge(prometheus::Gauge* moved) noexcept : moved_{moved} {}
  /// Makes it this number.
  void set(double to) const noexcept;
  /// Adds n, which may be negative.
  void add(double n = 1) const noexcept;
  /// Takes n away.
  void sub(double n = 1) const noexcept { add(-n); }

 private:
  prometheus::Gauge* moved_ = nullptr;
};

/// A distribution in fixed buckets. Copies fill the same one; a default one fills none. Thread-safe, 20 ns.
class histogram {
 public:
  histogram() = default;
  /// Refers to a registry's histogram, which must outlive this.
  explicit histogram(prometheus::Histogram* filled) noexcept : filled_{filled} {}
  /// Records one observation, in the family's unit (seconds where its name says so).
  void observe(double observed) const noexcept;

 private:
  prometheus::Histogram* filled_ = nullptr;
};

/// Counters, gauges or histograms of one name, told apart by N labels. Labels take few, fixed values: never a user or a
/// room; after `max_members` different ones the rest share the member whose labels all say `other`.
template <class Member, std::size_t N>
class family {
 public:
  static constexpr std::size_t max_members = 128;

  /// The values of the labels, in the order of the family's label names.
  using labels = std::array<std::string_view, N>;

  family() = default;
  /// The member with these labels; takes a lock, so a hot path keeps the member. Absent if the family is.
  [[nodiscard]] Member with(const labels& values) const;

  /// The table of the members; defined with the registry.
  struct table;
  explicit family(std::shared_ptr<table> members) noexcept : members_{std::move(members)} {}

 private:
  std::shared_ptr<table> members_;
};

/// Every metric that Greenroom has, by name. A default one is absent: everything may be called, nothing is counted. A
/// copy shares its numbers. One per process: `role` tells the roles of one process apart.
struct metrics {
  /// All of it absent.
  metrics() = default;
  /// All of it present, with `greenroom_build_info{version}` at 1, and the members that are known beforehand at 0.
  [[nodiscard]] static metrics live(std::string_view version);

  /// The body of `GET /metrics`, of type `content_type`, with the process's resources; empty if absent.
  [[nodiscard]] std::string text() const;
  /// Prometheus' text format 0.0.4.
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  family<counter, 2> http_requests;           ///< {role, code}: answers sent, by HTTP status
  family<histogram, 1> http_request_seconds;  ///< {role}: from a request's head to its answer
  gauge websocket_connections;                ///< open now
  family<gauge, 1> client_connections;        ///< {dialect}: `lines`, `json`, `irc`, whatever they come by
  family<counter, 1> irc_commands;            ///< {command}: of IRC clients; `other` where none is known
  family<counter, 1> irc_ended;               ///< {reason}: IRC connections that this side ended
  gauge rooms_live;                           ///< rooms with an actor on this node now
  counter posts;                              ///< posts accepted: durable and published
  family<counter, 1> posts_refused;           ///< {code}: posts refused, by the wire word of the error
  counter deliveries;                         ///< entries handed to connections
  counter commits;                            ///< group commits that were answered
  histogram commit_entries;                   ///< entries in one commit
  histogram commit_seconds;                   ///< from a commit's begin to its answer
  counter outbox_dropped;                     ///< frames that a full outbox did not take
  counter gaps;                               ///< gaps announced to slow consumers
  counter marks_stored;                       ///< read marks that moved in the database
  counter marks_dropped;                      ///< read marks that were not kept, as too many waited
  counter entries_followed;                   ///< entries that followers have read behind the commit
  family<gauge, 1> follower_behind;           ///< {duty}: entries that this node's follower knows of, and hasn't read
  counter mentions;                           ///< people who were newly mentioned, once for each message
  family<counter, 1> logins;                  ///< {result}: `ok`, `refused`, `overloaded`, `failed`
  family<counter, 1> rate_limited;            ///< {class}: refusals by rate class
  counter logins_slowed;                      ///< attempts that were held, over the limit `guesses`
  gauge password_hash_queue;                  ///< hashes waiting now
  family<counter, 1> upstream_requests;       ///< {result}: `ok`, `retried`, `failed`, `timeout`
  family<gauge, 2> upstream_circuits;  ///< {role, state}: instances whose circuit is `closed`, `open`, `half_open`
  gauge outbox_bytes;                  ///< bytes that wait for clients to read
  histogram post_seconds;              ///< from a post's arrival at its room to its answer
  family<counter, 1> room_opens;       ///< {result}: `opened`, `fenced`, `failed`
  counter rooms_fenced;                ///< rooms that found another owner's epoch
  gauge view_version;                  ///< of the view that this node follows
  gauge nodes;                         ///< in that view
  gauge links;                         ///< up now
  family<counter, 1> links_refused;    ///< {reason}: `tls`, `hello`, `cluster`, `version`, `name`, `late`, `busy`
  family<counter, 1> links_lost;       ///< {reason}: `closed`, `silent`, `overflow`, `guard`
  gauge link_queue_bytes;              ///< that wait for peers to read
  family<gauge, 1> sagas;              ///< {state}: deletions that this gateway carries out now
  family<counter, 1> sagas_ended;      ///< {result}: `completed`, `undone`
  counter sagas_resumed;               ///< deletions that another gateway had begun
  histogram saga_seconds;              ///< from a deletion's begin to its end
  gauge homes;                         ///< users whose home is on this node now
  gauge home_sessions;                 ///< sessions that are registered at those
  family<counter, 1> news;             ///< {kind}: news that homes passed on to their sessions

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

}  // namespace greenroom::telemetry
