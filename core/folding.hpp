#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/messages/catalog.hpp"

namespace greenroom::core {

/// The messages of one room as they are by now, for one reader: the newest text, reactions, pins, what was erased.
///
/// It may be told of entries in any order, and more than once: as they stand in the log, live or in a replay, and in
/// pages, which have later entries folded in. Each reading of a message says how far it has the log: a page its
/// `as_of`, a message alone its own seq. Acts at or below that change nothing any more; those above count once. The
/// later of two readings stands, but what was erased stays so. clients/js/src/folding.js is the same for the browser;
/// both run the scripts in test/data/folding.
class folding {
 public:
  struct message {
    room_entry entry;  ///< with the newest text; of kind `erased` it is nothing else
    message_state state;
  };

  /// For this reader, whose reactions are `mine`. The last `most_acts` acts are remembered, by their seqs: for pages
  /// under way, which were read before them.
  explicit folding(user_id viewer, std::size_t most_acts = 1000) : viewer_(std::move(viewer)), most_acts_(most_acts) {}

  /// An entry as it stands in the log. An act about a message that isn't here makes none.
  void hear(const room_entry& entry);
  /// A page of history.
  void read(const history_page& page);
  /// The message with this seq; nothing where it isn't here, or is no message.
  [[nodiscard]] std::optional<message> find(seq_no seq) const;

 private:
  /// People with one reaction: a sum of acts that may come in any order, so that it may be below 0 in between.
  struct tally {
    std::int64_t count = 0;
    std::int64_t mine = 0;
  };
  struct folded {
    room_entry entry;
    seq_no as_of;     ///< acts up to here are in it
    seq_no edited{};  ///< the newest edit
    wall_time edited_at{};
    std::map<std::string, tally> reactions{};
    seq_no pinned_by{};  ///< the newest pin or unpin since it was read
    bool pinned = false;
  };

  void put(const room_entry& entry, const message_state& state, seq_no as_of);
  void note(const room_entry& act);
  void apply(folded& to, const room_entry& act) const;

  user_id viewer_;
  std::size_t most_acts_;
  std::map<seq_no, folded> messages_;
  std::map<seq_no, room_entry> acts_;
};

}  // namespace greenroom::core
