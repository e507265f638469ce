#pragma once
#include <string>
#include <string_view>

#include "core/ids.hpp"

/// Masks of people, as IRC writes them.
namespace greenroom::core {

/// A mask that begins so means accounts by their names.
inline constexpr std::string_view account_mask = "$a:";
/// The host of a person is this and their nick.
inline constexpr std::string_view host_of_person = "user-";

/// Whether the text is one that the mask means: `*` stands for any bytes, `?` for one; ASCII case doesn't count. Takes
/// time in proportion to the product of both lengths at most.
[[nodiscard]] bool mask_matches(std::string_view mask, std::string_view text) noexcept;

/// Appends a person as masks see them, `nick!~u@user-nick`. No address is ever shown.
void append_person(std::string& out, std::string_view nick);

/// Whether the mask means this person. It is one of `nick!~u@user-nick`, or of the account's name behind
/// `account_mask`.
[[nodiscard]] bool mask_means(std::string_view mask, const user_id& person);

}  // namespace greenroom::core
