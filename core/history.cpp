#include "core/history.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace greenroom::core {
namespace {

std::size_t weight(const room_entry& entry) {
  return sizeof(room_entry) + entry.text.size() + entry.client_id.size() + entry.author.value.size() +
         entry.subject.value.size() + entry.extra.size();
}

}  // namespace

void history::push(room_entry&& entry) {
  head_ = entry.seq;
  bytes_ += weight(entry);
  entry.poster = {};  // a replay goes to no poster's connection
  ring_.push_back(std::move(entry));
  while (!ring_.empty() && (ring_.size() > limit_.entries || bytes_ > limit_.bytes)) {
    take_off(bytes_, weight(ring_.front()));
    ring_.pop_front();
  }
}

history::passed history::pass_on(const user_id& author, const user_id& heir, bool erase) {
  passed out;
  for (auto& entry : ring_) {
    const bool wrote = entry.author == author;
    const bool concerns = entry.subject == author;
    if (!wrote && !concerns) continue;
    out.any = true;
    take_off(bytes_, weight(entry));
    if (wrote) {
      if (erase && is_written(entry.kind)) {
        empty_out(entry, {});
        out.emptied.push_back(entry.seq);
      }
      entry.author = heir;
      entry.client_id.clear();
    }
    if (concerns) entry.subject = heir;
    bytes_ += weight(entry);
  }
  return out;
}

// Nothing is taken over but what was emptied: the tail may have been read before something that this ring knows.
std::vector<std::pair<user_id, seq_no>> history::empty_as_in(const std::vector<room_entry>& tail) {
  std::vector<std::pair<user_id, seq_no>> out;
  for (const auto& now : tail) {
    if (now.kind != entry_kind::erased || ring_.empty()) continue;
    if (now.seq < ring_.front().seq || now.seq > ring_.back().seq) continue;
    auto& entry = ring_[now.seq - ring_.front().seq];
    if (entry.kind == entry_kind::erased) continue;
    take_off(bytes_, weight(entry));
    if (!now.target && entry.author != now.author) out.emplace_back(std::move(entry.author), now.seq);
    entry = now;
    bytes_ += weight(entry);
  }
  return out;
}

const room_entry* history::find(seq_no seq) const {
  if (ring_.empty() || seq < ring_.front().seq || seq > ring_.back().seq) return nullptr;
  const auto& entry = ring_[seq - ring_.front().seq];
  GREENROOM_CHECK(entry.seq == seq);
  return &entry;
}

void history::erase(seq_no target, seq_no by) {
  for (auto& entry : ring_)
    if (entry.seq == target || (entry.kind == entry_kind::edit && entry.target == target)) empty(entry, by);
}

void history::empty(room_entry& entry, seq_no by) {
  take_off(bytes_, weight(entry));
  empty_out(entry, by);
  bytes_ += weight(entry);
}

history::slice history::after(seq_no after) const {
  if (after > head_) return {{}, false};
  const auto wanted = static_cast<std::size_t>(head_ - after);
  auto out = last(wanted);
  out.complete = out.entries.size() == wanted;
  return out;
}

history::slice history::last(std::size_t count) const {
  const auto here = static_cast<std::ptrdiff_t>(std::min(count, ring_.size()));
  return {{ring_.end() - here, ring_.end()}, ring_.size() >= count || (head_.value == ring_.size())};
}

}  // namespace greenroom::core
