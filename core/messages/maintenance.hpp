#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"

/// The upkeep of databases.
namespace greenroom::core {

/// One of the two databases.
enum class database_name : std::uint8_t { chat, users };
/// Its word, which is also that of the role that has it.
[[nodiscard]] constexpr std::string_view to_string(database_name which) noexcept {
  return which == database_name::chat ? "chat" : "users";
}

/// Has what was erased or deleted leave the files of a database, too. To the node that has it.
struct maintain_database {
  node_name node;
  database_name database = database_name::chat;
};
/// How long the answer may take, as a whole file may be rewritten.
inline constexpr std::chrono::minutes maintenance_patience{30};

/// The answer, once that is done. SQLite blocks writers meanwhile.
struct database_maintained {
  std::uint64_t bytes_before = 0;  ///< of the file; 0 where it wasn't rewritten
  std::uint64_t bytes_after = 0;
  std::string to_run{};  ///< what an operator has to run, where the process doesn't do it itself; else empty

  friend bool operator==(const database_maintained&, const database_maintained&) = default;
};

}  // namespace greenroom::core
