#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/messages/user.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// The effects of one input on what a node watches, to be carried out top to bottom.
struct watching_effects {
  std::vector<watch_user> ask;                            ///< to the homes of users, by way of the own node
  std::vector<std::pair<connection_id, user_seen>> tell;  ///< to one connection each
};

/// The users whose looks connections of one node want to know: each is asked for once, however many want it.
///
/// A home may move, or be out of reach. Then it is asked for again, with a higher number, and what an earlier one says
/// doesn't count any more. The new home knows its sessions only a moment later: that somebody isn't online any more
/// is held back for a while after a further question.
class watching {
 public:
  struct bounds {
    std::size_t each = 100;    ///< users that one connection watches; further ones aren't watched
    milliseconds grace{2000};  ///< between a further question and an answer that somebody isn't online any more
  };
  explicit watching(bounds limits) : limits_(limits) {}

  /// A connection wants to know of these; it is told at once of those who are known.
  watching_effects begin(connection_id who, const std::vector<user_id>& users, mono_time now);
  /// … and no more.
  watching_effects end(connection_id who, const std::vector<user_id>& users);
  /// The connection is gone.
  watching_effects gone(connection_id who);
  /// A home says so.
  watching_effects seen(const user_seen& what, mono_time now);
  /// The homes of those users may be somewhere else now, or can be reached again.
  watching_effects look(const std::function<bool(const user_id&)>& moved, mono_time now);
  /// Once a second: says what was held back, and asks again where nothing was answered.
  watching_effects tick(mono_time now);

  /// Whether it was said by the home that was asked last.
  [[nodiscard]] bool counts(const user_seen& what) const {
    const auto known = users_.find(what.user);
    return known != users_.end() && known->second.number == what.number;
  }
  [[nodiscard]] bool empty() const noexcept { return users_.empty(); }

 private:
  struct watched {
    std::set<connection_id> by;
    std::optional<user_state> known;
    std::optional<user_state> held;  ///< not online, perhaps
    std::uint64_t number = 0;        ///< of the last question
    mono_time asked{};
    mono_time doubt{};  ///< until then it isn't believed that somebody who was online isn't any more
    bool answered = false;
  };
  using entry = std::pair<const user_id, watched>;

  void ask(entry& one, mono_time now, watching_effects& out);
  static void tell(const entry& one, watching_effects& out);
  bool drop(entry& one, connection_id who, watching_effects& out) const;

  bounds limits_;
  std::uint64_t last_ = 0;
  std::map<user_id, watched> users_;
  std::map<connection_id, std::size_t> counts_;
};

}  // namespace greenroom::core
