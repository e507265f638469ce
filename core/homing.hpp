#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/messages/user.hpp"

namespace greenroom::core {

/// The effects of one input on a session's way home, to be carried out top to bottom.
struct homing_effects {
  std::optional<register_session> turn_down;  ///< to the actor that answered: it isn't the home any more
  std::optional<register_session> tell;       ///< to the home
  bool part = false;                          ///< the home isn't this session's any more: nothing goes there after this
  bool settle = false;                        ///< the actor that answered is the home from now on, and is watched
  std::optional<register_session> ask;        ///< to the own node, which passes it on to the home
};

/// How a session finds the home of its user, and stays registered there as long as it has connections.
///
///   absent ──a connection──► asking ──registered──► home
///      ▲                      │  ▲ lost, moved        │
///      └── no connection ─────┴──┴────────────────────┘
///
/// There is no time-out: whatever may have lost a question brings a `look` when it is over.
class homing {
 public:
  explicit homing(user_id user) : user_(std::move(user)) {}

  /// The user looks like that from now on; said with the next `count`, where it is new.
  void wear(user_face face) { face_ = std::move(face); }
  /// So many connections are open now.
  homing_effects count(std::size_t connections);
  /// An actor answered `ask` or `tell`; `by_home`: it is the one that this session is at.
  homing_effects registered(std::uint64_t number, bool by_home);
  /// The home's actor ended, or its node is out of reach.
  homing_effects lost();
  /// The home may be somewhere else, as the view has changed (`moved`), or can be reached again.
  homing_effects look(bool moved);
  /// Now and then: says again what the home should know.
  homing_effects sweep();

  /// Whether the home knows this session.
  [[nodiscard]] bool at_home() const noexcept { return phase_ == phase::home; }

 private:
  enum class phase : std::uint8_t { absent, asking, home };

  [[nodiscard]] register_session next(std::uint32_t connections);
  [[nodiscard]] bool has_news() const;
  void ask(homing_effects& out);
  void leave(homing_effects& out);

  user_id user_;
  phase phase_ = phase::absent;
  std::uint32_t count_ = 0;
  std::uint32_t told_ = 0;  ///< the count in the last message
  std::uint64_t number_ = 0;
  user_face face_{}, told_face_{};
};

}  // namespace greenroom::core
