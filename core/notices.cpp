#include "core/notices.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/check.hpp"
#include "core/mentions.hpp"

namespace greenroom::core {
namespace {

/// The people whom each message has mentioned, in one part of a log.
class mentioned_before {
 public:
  /// Those of `found` that are new to the message.
  void keep_new(seq_no message, std::vector<user_id>& found) {
    auto& known = known_[message];
    std::erase_if(found, [&](const user_id& name) { return !known.insert(name).second; });
  }

 private:
  std::map<seq_no, std::set<user_id>> known_;
};

void take_text(const followed_log& log, const followed_entry& entry, mentioned_before& before, notices& out) {
  auto found = mentioned_in(entry.text);
  if (found.empty()) return;
  const auto message = entry.kind == entry_kind::edit ? entry.target : entry.seq;
  before.keep_new(message, found);
  if (found.empty()) return;
  const bool everybody = std::any_of(found.begin(), found.end(), means_everybody);
  out.mentions.push_back({log.key, message, entry.seq, entry.at, entry.author, std::move(found), everybody});
}

}  // namespace

notices notices_of(const std::vector<followed_log>& logs) {
  notices out;
  for (const auto& log : logs) {
    GREENROOM_CHECK(log.cursor <= log.upto && log.upto <= log.head);
    if (log.cursor == log.upto) continue;
    out.steps.push_back({log.key, log.room, log.generation, log.cursor, log.upto, log.texts});
    mentioned_before before;
    for (const auto& entry : log.entries) {
      if (is_words(entry.kind) || entry.kind == entry_kind::edit)
        take_text(log, entry, before, out);
      else if (entry.kind == entry_kind::erase)
        out.erased.emplace_back(log.key, entry.target);
    }
    for (const auto& words : log.said) out.said.emplace_back(log.key, words);
  }
  return out;
}

}  // namespace greenroom::core
