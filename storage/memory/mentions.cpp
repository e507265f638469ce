#include <algorithm>
#include <vector>

#include "core/page.hpp"
#include "storage/admission.hpp"
#include "storage/memory/room_store.hpp"

namespace greenroom::storage::memory {

core::result<core::mention_list> room_store::list_mentions(const core::list_mentions& request) {
  const std::lock_guard lock(database_->guard);
  std::vector<core::listed_mention> all;
  for (const auto& [name, each] : database_->rooms) {
    const auto theirs = each->mentions.find(request.viewer);
    if (theirs == each->mentions.end() || each->refusal_of(request.viewer, clock_now()).code != core::ec::none)
      continue;
    for (const auto& [seq, message] : theirs->second) {
      core::listed_mention listed{each->info.room, each->info.generation, each->log[seq.value - 1]};
      listed.entry.client_id.clear();
      const bool wanted = request.before.room.value.empty() || core::place_of(listed) < request.before;
      if (wanted && listed.entry.kind != core::entry_kind::erased) all.push_back(std::move(listed));
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return core::place_of(b) < core::place_of(a); });
  core::mention_list page{std::move(all)};
  page.more = page.mentions.size() > request.limit;
  if (page.more) page.mentions.resize(request.limit);
  core::cut_to_fit(page);
  return page;
}

}  // namespace greenroom::storage::memory
