#pragma once
#include <caf/make_message.hpp>
#include <caf/typed_response_promise.hpp>

#include <unordered_map>
#include <utility>

#include "actors/errors.hpp"
#include "core/ids.hpp"

namespace greenroom::actors {

/// The promises that an actor still owes, by asker: the only place that keeps promises. Deliver only from inside the
/// owning actor (CAF 0.17 crashes otherwise).
template <class Reply>
class promises {
 public:
  using promise = caf::typed_response_promise<Reply>;

  /// Keeps `owed` and names its asker, for a machine to say whom to answer.
  core::asker_id add(promise owed) {
    const core::asker_id asker{++last_};
    open_.emplace(asker, std::move(owed));
    return asker;
  }
  /// Answers `asker`; nothing if it was answered before.
  void keep(core::asker_id asker, Reply reply) {
    if (auto node = open_.extract(asker)) node.mapped().deliver(std::move(reply));
  }
  /// Answers `asker` with an error.
  void refuse(core::asker_id asker, const core::error& why) {
    if (auto node = open_.extract(asker)) node.mapped().deliver(to_caf(why));
  }

 private:
  std::uint64_t last_ = 0;
  std::unordered_map<core::asker_id, promise> open_;
};

}  // namespace greenroom::actors
