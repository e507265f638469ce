#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/messages/catalog.hpp"
#include "protocol/dialect.hpp"
#include "protocol/framing.hpp"
#include "protocol/irc/commands.hpp"

/// History for IRC clients (IRCv3 draft/chathistory): the questions to the catalog that a command needs, and its
/// answer.
namespace greenroom::protocol::irc {

/// The bytes of entries that one answer gathers, nearly: then it ends early, as if a client had asked for less.
inline constexpr std::size_t max_history_bytes = 1024 * 1024;

/// The kinds that aren't history: never what was erased, nor the words that it was; and unless the client asked for
/// events (draft/event-playback), neither acts nor tags.
[[nodiscard]] core::kind_set left_out_of_history(bool events) noexcept;

/// One CHATHISTORY, but for TARGETS, or what is read like one, from the command to its entries. It asks for the places
/// of times first, then for pages, until there are as many entries as were wanted, or no more.
class history_walk {
 public:
  /// `room`: the command's target for `viewer`. `events`: as of `left_out_of_history`.
  history_walk(history_command what, core::room_id room, core::user_id viewer, bool events);

  using question = std::variant<std::monostate, core::find_time, core::read_history>;
  /// The next question to the catalog, one at a time; none: the answer is there.
  [[nodiscard]] question next() const;
  /// Answers.
  void take(const core::time_found& found);
  void take(core::history_page page);
  /// The catalog has refused. A direct room in which nothing was ever said has an empty history.
  void refused(core::ec why);

  /// A refusal of the command; nothing: it is answered with the entries.
  [[nodiscard]] const std::optional<complaint>& wrong() const noexcept { return wrong_; }
  /// Ascending.
  [[nodiscard]] const std::deque<core::room_entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] core::generation_id generation() const noexcept { return generation_; }
  [[nodiscard]] const core::room_id& room() const noexcept { return room_; }
  [[nodiscard]] const core::user_id& viewer() const noexcept { return viewer_; }
  /// There is no more where the command was looking.
  [[nodiscard]] bool is_end() const noexcept { return end_; }
  /// Of LATEST: how many entries, of whatever kinds, are between its place and the first one that was found.
  [[nodiscard]] std::uint64_t earlier() const noexcept;
  /// Leaves out entries that aren't to be said.
  template <class Which>
  void leave_out(Which which) {
    std::erase_if(entries_, which);
  }

 private:
  /// A place between entries: how many are before the point, and how many up to it, the point included.
  struct place {
    history_point point{};
    std::optional<std::uint64_t> before{}, upto{};
  };
  /// A stretch of the log, of which some entries are wanted.
  struct stretch {
    core::seq_no before{}, after{};  ///< as in `read_history`
    bool newest = false;             ///< its last, else its first
    std::size_t want = 0;
  };

  /// The count of a place that isn't known yet, though it must be.
  [[nodiscard]] static std::optional<std::uint64_t> place::*unknown_of(const place& one, history_command::verb what);
  [[nodiscard]] std::optional<core::find_time> unplaced() const;
  void plan();
  void check(const core::history_page& page);

  history_command what_;
  core::room_id room_;
  core::user_id viewer_;
  core::kind_set without_;
  std::array<place, 2> places_{};
  std::vector<stretch> left_{};  ///< the one that is read is the last
  bool planned_ = false;
  std::deque<core::room_entry> entries_{};
  std::size_t bytes_ = 0;
  core::generation_id generation_{};
  bool end_ = true;
  std::optional<complaint> wrong_{};
};

/// How history is said to one client.
struct history_place {
  std::string_view server;     ///< its name
  std::string_view reference;  ///< of the batch; empty: the client knows no batches, and hears the entries alone
  std::string_view target{};   ///< as the client named it; empty: as it is called
};

/// Appends a walk's answer.
void append_history(const history_walk& walked, const history_place& place, features with, frame_writer& out);

/// The question that TARGETS asks, about the viewer's rooms and those in which they are now.
[[nodiscard]] core::list_recent targets_asked(const history_command& what, core::user_id viewer,
                                              std::vector<core::room_id> joined);
/// Appends its answer.
void append_targets(const core::recent_rooms& found, const core::user_id& viewer, const history_place& place,
                    frame_writer& out);

}  // namespace greenroom::protocol::irc
