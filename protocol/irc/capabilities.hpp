#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Everything that clients and this server can negotiate (IRCv3 capability-negotiation): one table of names.
namespace greenroom::protocol::irc {

/// A capability, by its place in the table. Names of drafts and vendors are in the table alone.
enum class capability : std::uint8_t {
  account_notify,
  account_tag,
  away_notify,
  batch,
  cap_notify,
  chghost,
  echo_message,
  extended_join,
  extended_monitor,
  invite_notify,
  labeled_response,
  message_tags,
  multi_prefix,
  no_implicit_names,
  sasl,
  server_time,
  setname,
  standard_replies,
  userhost_in_names,
  sts,
  account_registration,
  chathistory,
  event_playback,
  message_redaction,
  multiline,
  pre_away,
  read_marker,
  extended_isupport,
  playback,
  self_message,
  message_id,
};
inline constexpr std::size_t capability_count = static_cast<std::size_t>(capability::message_id) + 1;

/// A set of them.
class capability_set {
 public:
  constexpr capability_set() noexcept = default;

  [[nodiscard]] constexpr bool has(capability one) const noexcept { return (bits_ & bit(one)) != 0; }
  constexpr void add(capability one) noexcept { bits_ |= bit(one); }
  constexpr void remove(capability one) noexcept { bits_ &= ~bit(one); }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  friend constexpr bool operator==(capability_set, capability_set) noexcept = default;

 private:
  [[nodiscard]] static constexpr std::uint32_t bit(capability one) noexcept { return 1u << static_cast<unsigned>(one); }
  static_assert(capability_count <= 32);

  std::uint32_t bits_ = 0;
};

/// The offer to one connection: as an operator set it, and as its transport allows.
struct capability_offer {
  std::string sasl = "PLAIN";  ///< the mechanisms, joined by commas; empty: none, then `sasl` isn't offered
  bool before_connect = true;  ///< REGISTER is taken before 001, too
  std::string sts{};           ///< `port=6697` or `duration=N`; empty: not offered
  capability_set withheld{};   ///< these aren't offered, whatever else is said here
};

struct capability_info {
  capability which{};
  std::string_view name;
  bool needs_value = false;  ///< means nothing to clients that know no values: not told to those
};

/// The whole table, in order of the values.
[[nodiscard]] std::span<const capability_info> capability_table() noexcept;
/// The row of that name, which is compared with its case; null where there is none.
[[nodiscard]] const capability_info* find_capability(std::string_view name) noexcept;

/// Whether it is offered.
[[nodiscard]] bool is_offered(capability one, const capability_offer& offer) noexcept;
/// Whether a client may request it: it is offered, and it isn't `sts`, which is only ever read.
[[nodiscard]] bool may_be_requested(capability one, const capability_offer& offer) noexcept;
/// `name` or, with values, `name=value`.
[[nodiscard]] std::string offered_as(const capability_info& one, const capability_offer& offer, bool with_value);

}  // namespace greenroom::protocol::irc
