#include "protocol/irc/capabilities.hpp"

#include <algorithm>
#include <array>

#include "core/names.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::array<capability_info, capability_count> capabilities{{
    {capability::account_notify, "account-notify"},
    {capability::account_tag, "account-tag"},
    {capability::away_notify, "away-notify"},
    {capability::batch, "batch"},
    {capability::cap_notify, "cap-notify"},
    {capability::chghost, "chghost"},
    {capability::echo_message, "echo-message"},
    {capability::extended_join, "extended-join"},
    {capability::extended_monitor, "extended-monitor"},
    {capability::invite_notify, "invite-notify"},
    {capability::labeled_response, "labeled-response"},
    {capability::message_tags, "message-tags"},
    {capability::multi_prefix, "multi-prefix"},
    {capability::no_implicit_names, "no-implicit-names"},
    {capability::sasl, "sasl"},
    {capability::server_time, "server-time"},
    {capability::setname, "setname"},
    {capability::standard_replies, "standard-replies"},
    {capability::userhost_in_names, "userhost-in-names"},
    {capability::sts, "sts", true},
    {capability::account_registration, "draft/account-registration"},
    {capability::chathistory, "draft/chathistory"},
    {capability::event_playback, "draft/event-playback"},
    {capability::message_redaction, "draft/message-redaction"},
    {capability::multiline, "draft/multiline", true},
    {capability::pre_away, "draft/pre-away"},
    {capability::read_marker, "draft/read-marker"},
    {capability::extended_isupport, "draft/extended-isupport"},
    {capability::playback, "znc.in/playback"},
    {capability::self_message, "znc.in/self-message"},
    {capability::message_id, "greenroom.chat/id", true},
}};

constexpr bool capabilities_in_order() {
  for (std::size_t i = 0; i < capabilities.size(); ++i)
    if (capabilities[i].which != static_cast<capability>(i)) return false;
  return true;
}
static_assert(capabilities_in_order());

std::string value_of(capability one, const capability_offer& offer) {
  switch (one) {
    case capability::sasl:
      return offer.sasl;
    case capability::sts:
      return offer.sts;
    case capability::account_registration:
      return offer.before_connect ? "before-connect" : "";
    case capability::multiline:
      return "max-bytes=" + std::to_string(core::max_text_bytes) + ",max-lines=100";
    default:
      return {};
  }
}

}  // namespace

std::span<const capability_info> capability_table() noexcept { return capabilities; }

const capability_info* find_capability(std::string_view name) noexcept {
  const auto* found =
      std::find_if(capabilities.begin(), capabilities.end(), [&](const auto& one) { return one.name == name; });
  return found == capabilities.end() ? nullptr : found;
}

bool is_offered(capability one, const capability_offer& offer) noexcept {
  if (offer.withheld.has(one)) return false;
  if (one == capability::sasl) return !offer.sasl.empty();
  return one != capability::sts || !offer.sts.empty();
}

bool may_be_requested(capability one, const capability_offer& offer) noexcept {
  return one != capability::sts && is_offered(one, offer);
}

std::string offered_as(const capability_info& one, const capability_offer& offer, bool with_value) {
  std::string out{one.name};
  if (const auto value = with_value ? value_of(one.which, offer) : ""; !value.empty()) out.append("=").append(value);
  return out;
}

}  // namespace greenroom::protocol::irc
