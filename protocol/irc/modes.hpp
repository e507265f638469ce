#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/speaker.hpp"

/// MODE: changes of a room, and masks of people.
namespace greenroom::protocol::irc {

/// One letter of a change. Of `o` and `v` the parameter is a nick, of `k` a key, of `l` a number as it was written, of
/// `b`, `e` and `I` a mask in its whole form.
struct mode_change {
  char letter{};
  bool on = true;
  std::string parameter{};  ///< empty where the letter has none
  friend bool operator==(const mode_change&, const mode_change&) = default;
};
/// The list of a letter is to be shown: `b`, `e` or `I`.
struct mode_list {
  char letter{};
  friend bool operator==(const mode_list&, const mode_list&) = default;
};

using mode_step = std::variant<mode_change, mode_list, complaint>;

/// The steps of `MODE #room …`, from parameter 1 on, in their order; none asks for the modes. An unknown letter is 472,
/// a missing parameter 461, a wrong one 696: each of them leaves the others as they are.
[[nodiscard]] std::vector<mode_step> room_modes_from(const line& what);
/// The same of `MODE nick …`, whose letters have no parameter: an unknown one is 501, once.
[[nodiscard]] std::vector<mode_step> user_modes_from(const line& what);

/// A mask as it is kept: `nick` is `nick!*@*`, `nick!ident` is `nick!ident@*`, `ident@host` is `*!ident@host`;
/// `$a:name` and `m:name` stay. The host of one person says all: `*!~x@user-nick` and `*!*@*.user-nick` are
/// `*!*@user-nick`. Nothing for an empty one, or one of over 200 bytes.
[[nodiscard]] std::optional<std::string> whole_mask(std::string_view text);
/// The one account that a whole mask names: `nick!*@*`, `nick!~u@user-nick`, `*!*@user-nick`, `$a:nick`.
[[nodiscard]] std::optional<core::user_id> account_of_mask(std::string_view mask);
/// The account of `m:nick`, which may not write.
[[nodiscard]] std::optional<core::user_id> muted_by_mask(std::string_view mask);

}  // namespace greenroom::protocol::irc
