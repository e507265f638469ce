#pragma once
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "core/messages/catalog.hpp"
#include "core/messages/deletion.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/log.hpp"
#include "core/messages/marks.hpp"
#include "core/result.hpp"
#include "storage/name_hash.hpp"
#include "storage/random.hpp"

namespace greenroom::storage::memory {

/// A membership.
struct membership {
  core::wall_time since;
  core::room_role role = core::room_role::member;  ///< never `owner`: the room names its own
  core::seq_no read{};                             ///< all up to there
  std::uint64_t read_texts = 0;                    ///< `room::texts` at that place
  std::optional<core::notify_level> notify{};
};

/// An invite, but for its id.
struct invite {
  core::invite_hash hash;
  core::user_id by;
  std::optional<std::uint32_t> uses_left;
  core::wall_time expires_at;

  [[nodiscard]] bool is_used_up() const { return uses_left == 0u; }
  [[nodiscard]] bool is_live(core::wall_time now) const { return !is_used_up() && now < expires_at; }
};

/// A mark that somebody gave a message.
struct reaction {
  std::string mark;
  core::user_id by;

  friend auto operator<=>(const reaction&, const reaction&) = default;
};

/// A room with its log: the entry with seq n is `log[n - 1]`.
struct room {
  core::room_key key;
  core::room_info info;
  core::epoch_no epoch;
  core::node_name node;
  core::view_version view;
  std::map<core::user_id, memory::membership> members;
  std::map<core::user_id, core::listed_sanction> bans, mutes;
  std::map<core::invite_id, memory::invite> invites;
  std::map<core::seq_no, std::set<memory::reaction>> reactions;  ///< by message
  std::map<core::seq_no, core::seq_no> pins;                     ///< of messages: the entries that did it
  core::membership_no membership;  ///< rises when the roster is changed, except by the room itself
  std::deque<core::room_entry> log;
  std::uint64_t texts = 0;                            ///< entries that are words, or were
  core::seq_no said;                                  ///< the newest of those
  std::unordered_map<std::string, core::seq_no> ids;  ///< by `id_key`
  std::map<core::user_id, core::draft> drafts;        ///< by their authors; without the room's name
  core::operation_id hidden;                          ///< the deletion that hides it; empty: none
  core::seq_no followed;                              ///< the follower's cursor …
  std::uint64_t followed_texts = 0;                   ///< `texts` at that place
  core::generation_id followed_generation;            ///< … in the log of that generation
  std::map<core::user_id, std::map<core::seq_no, core::seq_no>> mentions;  ///< by the entries that do it: of messages

  [[nodiscard]] bool is_hidden() const { return !hidden.value.empty(); }
  /// A membership from `since` on, which has read all up to there.
  [[nodiscard]] memory::membership newcomer(core::wall_time since, core::seq_no upto) const {
    return {.since = since, .read = upto, .read_texts = texts};
  }
  /// Nobody is mentioned by this message any more.
  void forget_mentions_of(core::seq_no message);
  [[nodiscard]] core::room_role role_of(const core::user_id& user) const;
  /// The ban that holds; null: none.
  [[nodiscard]] const core::sanction* ban_of(const core::user_id& user, core::wall_time now) const;
  /// Why this user may not read here; `none`: they may.
  [[nodiscard]] core::error refusal_of(const core::user_id& user, core::wall_time now) const;
};

/// Whether the entry counts in `room::texts`. An erased one does where it was words (`core::empty_out`).
[[nodiscard]] inline bool counts(const core::room_entry& entry) {
  return entry.kind == core::entry_kind::erased ? entry.extra.empty() : core::is_words(entry.kind);
}

/// The key of a message in `room::ids`: author without case, and the client's id.
[[nodiscard]] inline std::string id_key(const core::user_id& author, const std::string& client_id) {
  return core::folded(author.value) + '\n' + client_id;
}

/// A deletion's effects on this database.
struct tombstone {
  enum class phase : std::uint8_t { hidden, restored, purging, purged };
  phase state = phase::hidden;
  core::lease_no lease;
  std::string account;  ///< hash of the user's name; empty where nothing was hidden
  core::deletion_receipt receipt{};
  core::deletion_choices choices{};
};

/// The chat database that a room store and a journal store share.
struct chat_database {
  /// With the default room of clients that name none, as a migration makes it elsewhere.
  chat_database();

  std::mutex guard;  ///< held for the length of every call
  const std::string id = random_id();
  std::map<core::room_id, std::shared_ptr<room>> rooms;
  std::unordered_map<core::room_key, std::shared_ptr<room>> by_key;
  core::room_key last_key;  ///< keys are never used again
  std::map<core::operation_id, tombstone> deletions;
  bool members_swept = false;
  std::map<core::user_id, std::set<core::user_id>> blocks;  ///< by whom
  std::map<core::user_id, core::own_settings> own_settings;
  std::map<core::user_id, std::map<std::string, core::wall_time>> devices;

  [[nodiscard]] bool has_blocked(const core::user_id& by, const core::user_id& whom) const {
    const auto theirs = blocks.find(by);
    return theirs != blocks.end() && theirs->second.contains(whom);
  }
  /// Whether one of these two has blocked the other.
  [[nodiscard]] bool is_blocked(const core::user_id& one, const core::user_id& other) const {
    return has_blocked(one, other) || has_blocked(other, one);
  }

  /// Whether the person wants to be written to by that other one.
  [[nodiscard]] bool takes_direct(const core::user_id& person, const core::user_id& from, bool by_nick = false) const;

  /// Whether this user is being deleted, or was.
  [[nodiscard]] bool refuses(const core::user_id& user) const {
    if (deletions.empty()) return false;
    return std::any_of(deletions.begin(), deletions.end(), [account = name_hash(user)](const auto& row) {
      return row.second.state != tombstone::phase::restored && row.second.account == account;
    });
  }
};

}  // namespace greenroom::storage::memory
