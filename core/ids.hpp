#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/text.hpp"

/// Every id is a type of its own, so that none can stand where another is meant.
namespace greenroom::core {

/// A name people chose: shown as first written, equal without regard to case.
template <class Tag>
struct name_id {
  std::string value;

  friend bool operator==(const name_id& a, const name_id& b) noexcept { return equal_folded(a.value, b.value); }
  friend std::weak_ordering operator<=>(const name_id& a, const name_id& b) noexcept {
    return compare_folded(a.value, b.value) <=> 0;
  }
};

/// A name that machines chose: compared byte by byte.
template <class Tag>
struct text_id {
  std::string value;
  friend auto operator<=>(const text_id&, const text_id&) = default;
};

/// A number that stands for a thing or counts something; 0 means "none" where nothing else is said.
template <class Tag>
struct number_id {
  std::uint64_t value = 0;

  constexpr explicit operator bool() const noexcept { return value != 0; }
  friend constexpr auto operator<=>(const number_id&, const number_id&) = default;
  friend constexpr number_id operator+(number_id a, std::uint64_t n) noexcept { return {a.value + n}; }
  friend constexpr number_id operator-(number_id a, std::uint64_t n) noexcept { return {a.value - n}; }
  friend constexpr std::uint64_t operator-(number_id a, number_id b) noexcept { return a.value - b.value; }
  friend constexpr number_id& operator++(number_id& a) noexcept {
    ++a.value;
    return a;
  }
};

using room_id = name_id<struct room_tag>;                  ///< a room's name
using user_id = name_id<struct user_tag>;                  ///< a user's name
using node_name = text_id<struct node_tag>;                ///< a node, as the operator named it
using session_id = text_id<struct session_tag>;            ///< a login's public name, to list and revoke it
using seq_no = number_id<struct seq_tag>;                  ///< place in a room's log: 1, 2, 3, … without holes
using epoch_no = number_id<struct epoch_tag>;              ///< the owner's fence: rises at every opening of a room
using generation_id = number_id<struct generation_tag>;    ///< identity of a room's log: random, 63 bits
using incarnation_id = number_id<struct incarnation_tag>;  ///< one life of a node: random
using membership_no = number_id<struct membership_tag>;    ///< rises in a room's row when its roster changes elsewhere
using roster_no = number_id<struct roster_tag>;            ///< counts a room's removals since it was opened, from 1 on
using part_no = number_id<struct part_tag>;                ///< one `rejoin_room` of a relay, among all of that relay's
using view_version = number_id<struct view_tag>;           ///< version of the directory's view; only rises
using room_key = number_id<struct room_key_tag>;           ///< a room's row in the chat database
using topic_id = number_id<struct topic_tag>;              ///< a room's number in the hubs of one node
using connection_id = number_id<struct connection_tag>;    ///< one websocket, unique in the cluster
using token_hash = text_id<struct token_tag>;       ///< BLAKE2b-256 of a token, 32 bytes: all that is stored of it
using invite_hash = text_id<struct invite_tag>;     ///< BLAKE2b-256 of an invite, 32 bytes: all that is stored of it
using invite_id = text_id<struct invite_name_tag>;  ///< an invite's public name, to list and revoke it: 24 hex digits
using operation_id =
    text_id<struct operation_tag>;             ///< a deletion's public name: 128 random bits as hex digits; a secret
using lease_no = number_id<struct lease_tag>;  ///< a coordinator's fence: rises each time a deletion is claimed
using asker_id = number_id<struct asker_tag>;  ///< a request to answer, kept by `actors::promises`

}  // namespace greenroom::core

template <class Tag>
struct std::hash<greenroom::core::name_id<Tag>> {
  std::size_t operator()(const greenroom::core::name_id<Tag>& id) const noexcept {
    return greenroom::core::hash_folded(id.value);
  }
};
template <class Tag>
struct std::hash<greenroom::core::text_id<Tag>> {
  std::size_t operator()(const greenroom::core::text_id<Tag>& id) const noexcept {
    return std::hash<std::string_view>{}(id.value);
  }
};
template <class Tag>
struct std::hash<greenroom::core::number_id<Tag>> {
  std::size_t operator()(const greenroom::core::number_id<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value * 0x9e3779b97f4a7c15ull);
  }
};
