#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "protocol/irc/commands.hpp"
#include "protocol/irc/line.hpp"

namespace greenroom::protocol::irc {

/// The batch of lines that one client has open (IRCv3 client-batch, draft/multiline): one message, or nothing.
///
///   closed ── BATCH + ──► open ── lines ──► open ── BATCH - ──► closed, with the message
///                          │ a fault, 30 s
///                          └──► refused once; the rest of it is passed over ── BATCH - ──► closed
class batch_reader {
 public:
  static constexpr std::string_view type = "draft/multiline";
  static constexpr std::size_t max_lines = 100;  ///< and core::max_text_bytes
  static constexpr core::seconds patience{30};

  struct outcome {
    bool taken = false;                      ///< the line was the batch's; else it is a command like any other
    std::optional<complaint> refused{};      ///< of the command BATCH
    std::optional<message_command> whole{};  ///< the message
    std::string label{};                     ///< … or the refusal: the label of its first line
  };

  /// One line of the client.
  outcome heard(const line& what, core::mono_time now);
  /// Time passes: to be called when `deadline` is reached. A refusal where the batch was open for too long.
  outcome late(core::mono_time now);
  /// Nothing while no batch is open.
  [[nodiscard]] std::optional<core::mono_time> deadline() const noexcept;

 private:
  outcome begin(const line& what, core::mono_time now);
  outcome add(const line& what);
  outcome end(const line& what);
  outcome refuse(std::string_view code, std::vector<std::string> about, std::string_view text);

  std::string reference_;  ///< empty: closed
  std::string target_;     ///< as it was written
  std::string label_;
  std::string verb_;  ///< of its lines; empty before the first
  std::size_t lines_ = 0;
  message_command message_;
  bool refused_ = false;
  core::mono_time deadline_{};
};

}  // namespace greenroom::protocol::irc
