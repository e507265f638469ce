#include "test/simulation/early_judge.hpp"

#include <algorithm>
#include <utility>

namespace greenroom::simulation {
namespace {

constexpr char mask = '*';  // no name has it

}  // namespace

void early_judge::sent(const core::room_entry& act, std::shared_ptr<const core::act_effect> effect) {
  act_ = act;
  effect_ = std::move(effect);
}

void early_judge::answered(bool stored) {
  if (const auto effect = std::exchange(effect_, nullptr); effect && stored)
    known_.apply(act_.kind, *effect, act_.author, act_.text);
}

// Only where everybody may write: elsewhere the room would refuse the disguise.
void early_judge::judge(core::post_batch& batch, core::wall_time now) const {
  const auto& settings = known_.settings();
  if (settings.access != core::room_access::open || settings.post != core::room_posting::all) return;
  const bool words =
      std::all_of(batch.posts.begin(), batch.posts.end(), [](const auto& one) { return core::is_words(one.kind); });
  if (words && known_.may_write(batch.author, now) == core::ec::none) batch.author.value += mask;
}

void early_judge::unmask(std::vector<core::room_entry>& entries) {
  for (auto& one : entries)
    if (!one.author.value.empty() && one.author.value.back() == mask) one.author.value.pop_back();
}

}  // namespace greenroom::simulation
