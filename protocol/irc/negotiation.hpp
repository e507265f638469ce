#pragma once
#include <string>
#include <string_view>

#include "protocol/irc/capabilities.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/speaker.hpp"

namespace greenroom::protocol::irc {

/// One connection's capabilities, as CAP changes them, before 001 and after.
///
///   closed ── LS, REQ ──► open (001 waits) ── END ──► closed
class negotiation {
 public:
  /// A `CAP` command. `offer` is what this connection is offered now.
  void cap(const line& command, const capability_offer& offer, speaker& to);

  /// Whether 001 has to wait for `CAP END`.
  [[nodiscard]] bool open() const noexcept { return open_; }
  /// Those that are on now.
  [[nodiscard]] capability_set on() const noexcept { return on_; }

 private:
  void list_offered(std::string_view version, const capability_offer& offer, speaker& to);
  void list_on(speaker& to) const;
  void request(std::string_view names, const capability_offer& offer, speaker& to);
  [[nodiscard]] bool change(std::string_view name, const capability_offer& offer, capability_set& wanted) const;

  capability_set on_;
  bool open_ = false;
  bool knows_values_ = false;  ///< said 302 once: has values and long lists, and can't do without cap-notify
};

}  // namespace greenroom::protocol::irc
