#pragma once
#include <map>
#include <utility>
#include <variant>

#include "test/simulation/message.hpp"

namespace greenroom::simulation {

/// All answers that an actor owes, by asker (actors/promises.hpp).
template <class... Replies>
class asker_table {
 public:
  template <class Reply>
  core::asker_id add(promise<Reply> owed) {
    const core::asker_id asker{++last_};
    open_.emplace(asker, std::move(owed));
    return asker;
  }
  template <class Reply>
  void keep(core::asker_id asker, Reply reply) {
    if (auto node = open_.extract(asker)) std::get<promise<Reply>>(node.mapped()).keep(std::move(reply));
  }
  void refuse(core::asker_id asker, const core::error& why) {
    if (auto node = open_.extract(asker)) std::visit([&](auto& owed) { owed.refuse(why); }, node.mapped());
  }

 private:
  std::uint64_t last_ = 0;
  std::map<core::asker_id, std::variant<promise<Replies>...>> open_;
};

}  // namespace greenroom::simulation
