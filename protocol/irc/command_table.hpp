#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The commands of clients: which there are, and from when on each may be given.
namespace greenroom::protocol::irc {

/// The earliest state of a connection in which a command is carried out.
enum class stage : std::uint8_t {
  connected,   ///< at once
  registered,  ///< behind 001, without an account, too
  signed_in,   ///< with an account
};

struct command_info {
  std::string_view name;  ///< in capitals
  stage from{};
  std::size_t least = 0;    ///< parameters; fewer are `461 ERR_NEEDMOREPARAMS`
  std::string_view syntax;  ///< of the parameters, for people
};

/// The whole table, in order of the names.
[[nodiscard]] std::span<const command_info> command_table() noexcept;
/// The command's row, whatever its case; null for an unknown command.
[[nodiscard]] const command_info* find_command(std::string_view name) noexcept;

}  // namespace greenroom::protocol::irc
