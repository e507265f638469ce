#pragma once
#include <caf/make_message.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

#include "actors/errors.hpp"
#include "core/ids.hpp"

namespace greenroom::actors {

/// All promises that an actor still owes, by asker. An actor has one such table for every kind of answer that it owes,
/// so that a number names one asker only: with a table per kind, a refusal meant for one asker would also reach the one
/// with the same number in another table. Deliver only from inside the owning actor (CAF 0.17 crashes otherwise).
template <class... Replies>
class promises {
 public:
  template <class Reply>
  static constexpr bool owes = (std::is_same_v<Reply, Replies> || ...);

  /// Keeps `owed` and returns its asker's number, which a machine uses to name the asker.
  template <class Reply>
  core::asker_id add(caf::typed_response_promise<Reply> owed) {
    static_assert(owes<Reply>, "this actor owes no such answer");
    const core::asker_id asker{++last_};
    open_.emplace(asker, std::move(owed));
    return asker;
  }
  /// Answers `asker`; does nothing if it was answered before. An asker who waits for another kind of answer is told
  /// `internal`: a wrong answer must not pass for a right one.
  template <class Reply>
  void keep(core::asker_id asker, Reply reply) {
    static_assert(owes<Reply>, "this actor owes no such answer");
    auto node = open_.extract(asker);
    if (!node) return;
    if (auto* const owed = std::get_if<caf::typed_response_promise<Reply>>(&node.mapped()))
      owed->deliver(std::move(reply));
    else
      deliver_error(node.mapped(), {ec::internal, {}, 0});
  }
  /// Answers `asker` with an error; does nothing if it was answered before.
  void refuse(core::asker_id asker, const core::error& why) {
    if (auto node = open_.extract(asker)) deliver_error(node.mapped(), why);
  }

 private:
  using promise = std::variant<caf::typed_response_promise<Replies>...>;

  static void deliver_error(promise& owed, const core::error& why) {
    std::visit([&](auto& each) { each.deliver(to_caf(why)); }, owed);
  }

  std::uint64_t last_ = 0;
  std::unordered_map<core::asker_id, promise> open_;
};

}  // namespace greenroom::actors
