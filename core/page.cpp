#include "core/page.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace greenroom::core {
namespace {

// `"seq":…,"from":"…","text":"…","at":"…","id":"…"` and brackets, without the values; a seq has 16 digits at
// most, a time 24 characters.
constexpr std::size_t of_fields = 100;
// `"kind":"…","target":…,"user":"…"` of an entry that is more than a text.
constexpr std::size_t more_fields = 60;
// `"reason":"…"` of an act, and the words of its sentence, of which those for settings are the most. A sentence has in
// it what the fields have besides: the person, the reason, a time or a topic.
constexpr std::size_t act_fields = 180;
// `,"edited":{"seq":…,"at":"…"}`, `,"reactions":[]`, `{"text":"…","count":…,"mine":false},` and `,"pinned":true`.
constexpr std::size_t edited_fields = 70;
constexpr std::size_t reactions_fields = 15;
constexpr std::size_t reaction_fields = 50;
constexpr std::size_t pinned_fields = 14;
// Of a room in a sync:
// `"room":"…","title":"…","access":"invited","generation":"…","head":…,"first":…,"unread":…,"mentions":…,
// "read":…,"role":"moderator","notify":"mentions","last":{…}` without names and texts.
constexpr std::size_t room_fields = 310;

// Of what a text may have (core/text).
constexpr std::size_t escaped(char c) noexcept {
  if (c == '"' || c == '\\' || c == '\n' || c == '\t') return 2;
  return static_cast<unsigned char>(c) < ' ' ? 6 : 1;
}

std::size_t escaped(std::string_view text) noexcept {
  std::size_t bytes = 0;
  for (const char c : text) bytes += escaped(c);
  return bytes;
}

}  // namespace

std::size_t page_weight(const room_entry& entry) noexcept {
  const std::size_t text = of_fields + escaped(entry.text) + entry.author.value.size() + escaped(entry.client_id);
  if (is_plain(entry)) return text;
  const std::size_t more = text + more_fields + entry.subject.value.size() + entry.extra.size();
  if (is_words(entry.kind)) return more;
  return more + act_fields + escaped(entry.text) + entry.subject.value.size() + entry.extra.size();
}

std::size_t page_weight(const message_state& state) noexcept {
  std::size_t bytes = (state.edited ? edited_fields : 0) + (state.pinned ? pinned_fields : 0);
  if (!state.reactions.empty()) bytes += reactions_fields;
  for (const auto& one : state.reactions) bytes += reaction_fields + escaped(one.text);
  return bytes;
}

std::size_t page_weight(std::span<const room_entry> entries) noexcept {
  return std::accumulate(entries.begin(), entries.end(), std::size_t{0},
                         [](std::size_t sum, const room_entry& entry) { return sum + page_weight(entry); });
}

std::vector<room_entry> newest_that_fit(std::vector<room_entry> entries) {
  page_builder page(page_builder::direction::backward);
  for (auto& entry : entries) page.add(std::move(entry));
  return page.take();
}

void cut_to_fit(rooms_synced& page) {
  std::size_t bytes = 0;
  const auto end = std::find_if(page.rooms.begin(), page.rooms.end(), [&](const synced_room& one) {
    bytes += room_fields + one.room.value.size() + escaped(one.title) + page_weight(one.last);
    return bytes > long_answer_bytes && &one != &page.rooms.front();
  });
  if (end == page.rooms.end()) return;
  page.rooms.erase(end, page.rooms.end());
  page.more = true;
}

void cut_to_fit(mention_list& page) {
  std::size_t bytes = 0;
  const auto end = std::find_if(page.mentions.begin(), page.mentions.end(), [&](const listed_mention& one) {
    bytes += room_fields + one.room.value.size() + page_weight(one.entry);
    return bytes > long_answer_bytes && &one != &page.mentions.front();
  });
  if (end == page.mentions.end()) return;
  page.mentions.erase(end, page.mentions.end());
  page.more = true;
}

void page_builder::add(room_entry entry, message_state state) {
  if (read_ == direction::forward && cut_) return;
  const auto weight = page_weight(entry) + page_weight(state);
  if (read_ == direction::forward && !entries_.empty() && bytes_ + weight > bound_) {
    cut_ = true;
    return;
  }
  bytes_ += weight;
  entries_.push_back(std::move(entry));
  if (is_changed(state)) states_.push_back(std::move(state));
  // A page that is read backward drops its oldest entries, as newer ones turn up.
  while (bytes_ > bound_ && first_ + 1 < entries_.size()) drop_oldest();
}

void page_builder::drop_oldest() {
  auto& oldest = entries_[first_++];
  bytes_ -= page_weight(oldest);
  if (!states_.empty() && states_.front().seq == oldest.seq) {
    bytes_ -= page_weight(states_.front());
    states_.pop_front();
  }
  oldest = {};
  cut_ = true;
}

std::vector<room_entry> page_builder::take() {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
  return std::move(entries_);
}

}  // namespace greenroom::core
