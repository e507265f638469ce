#include "edge/irc_counts.hpp"

#include "protocol/irc/command_table.hpp"

namespace greenroom::edge {
namespace {

std::string_view reason_of(core::ec why) {
  using enum core::ec;
  switch (why) {
    case none:
      return "refused";
    case left:
      return "quit";
    case idle:
      return "silent";
    case too_slow:
      return "slow";
    case too_big:
      return "endless";
    case rate_limited:
      return "flood";
    case draining:
      return "draining";
    case invalid_token:
      return "signed_out";
    default:
      return "other";
  }
}

}  // namespace

irc_counts::irc_counts(const telemetry::metrics& metrics) : ends_(metrics.irc_ended) {
  for (const auto& one : protocol::irc::command_table()) commands_.push_back(metrics.irc_commands.with({one.name}));
  commands_.push_back(metrics.irc_commands.with({"other"}));
}

void irc_counts::heard(std::string_view command) const {
  const auto* known = protocol::irc::find_command(command);
  const auto all = protocol::irc::command_table();
  commands_[known != nullptr ? static_cast<std::size_t>(known - all.data()) : all.size()].add();
}

void irc_counts::ended(core::ec why) const { ends_.with({reason_of(why)}).add(); }

}  // namespace greenroom::edge
