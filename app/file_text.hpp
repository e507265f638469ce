#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// Files that an operator names.
namespace greenroom::app {

/// The most that is read of one: no setting needs more.
inline constexpr std::size_t most_file_bytes = 1 << 20;

/// The contents of the file. `bad_request`, with the reason as the end of a sentence ("is a folder", "can't be read: No
/// such file or directory"), where they can't be read or are more than `most_file_bytes`.
[[nodiscard]] core::result<std::string> file_text(const std::string& path);

/// The same for a file with a secret in it, without the end of its last line; refused too where everybody on this
/// machine may read or change it.
[[nodiscard]] core::result<std::string> secret_file_text(const std::string& path);

/// Whether a file with a secret is closed to everybody but its owner and group; the errors of `secret_file_text`.
[[nodiscard]] core::status check_secret_file(const std::string& path);

/// Why bytes are no secret, as the end of a sentence; empty: no objection. At least 32 bytes, 8 of them
/// different, and no repetition of less than 16: the output of `head -c 32 /dev/urandom | base64` passes, a word or a
/// line of one key doesn't.
[[nodiscard]] std::string weakness_of(std::string_view secret);

/// The secret in a file; the errors of `secret_file_text`, or its weakness.
[[nodiscard]] core::result<std::string> strong_secret(const std::string& path);

}  // namespace greenroom::app
