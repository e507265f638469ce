#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Labels of commands (IRCv3 labeled-response): all that a command is answered with is marked as its answer.
namespace greenroom::protocol::irc {

inline constexpr std::size_t max_label_bytes = 64;

/// The label in a line's tags; empty where there is none, or one that is too long or no UTF-8.
[[nodiscard]] std::string label_of(std::string_view tags);

/// The line with one more tag, in front of those it has.
[[nodiscard]] std::string with_tag(std::string_view line, std::string_view key, std::string_view value);

/// Puts the lines from number `first` on, those that are in no batch yet, into that one.
void put_in_batch(std::vector<std::string>& lines, std::size_t first, std::string_view reference);
/// The line that begins a batch of all that a command is answered with.
[[nodiscard]] std::string labelled_batch(std::string_view label, std::string_view server, std::string_view reference);

/// Marks the lines from number `first` on, one command's answer, with its label: none become an `ACK`, one gets the
/// label, more become a batch called `reference`. Nothing happens without a label.
void put_label(std::vector<std::string>& lines, std::size_t first, std::string_view label, std::string_view server,
               std::string_view reference);

}  // namespace greenroom::protocol::irc
