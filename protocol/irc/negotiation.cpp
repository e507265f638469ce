#include "protocol/irc/negotiation.hpp"

#include <vector>

#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

// `CAP nick LS :` and the names, in lines of which all but the last are marked with an asterisk. `most` bytes of names
// are in a line.
void put_list(std::string_view verb, const std::vector<std::string>& names, std::size_t most, bool marked,
              speaker& to) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty() && text.size() + 1 + name.size() > most) {
      if (marked)
        to.say("CAP", {to.nick(), verb, "*"}, text);
      else
        to.say("CAP", {to.nick(), verb}, text);
      text.clear();
    }
    text.append(text.empty() ? "" : " ").append(name);
  }
  to.say("CAP", {to.nick(), verb}, text);
}

// The names that fit in any line, whatever the server and the nick are called.
constexpr std::size_t usual_line = 350;

}  // namespace

void negotiation::cap(const line& command, const capability_offer& offer, speaker& to) {
  const auto verb = command[0];
  const auto is = [&](std::string_view name) { return core::equal_folded(verb, name); };
  if (command.count == 0) return to.numeric(numeric::err_needmoreparams, {"CAP"});
  if (is("LS")) return list_offered(command[1], offer, to);
  if (is("LIST")) return list_on(to);
  if (is("REQ")) return request(command[1], offer, to);
  if (is("END")) {
    open_ = false;
    return;
  }
  to.numeric(numeric::err_invalidcapcmd, {verb});
}

void negotiation::list_offered(std::string_view version, const capability_offer& offer, speaker& to) {
  open_ = true;
  const bool values = core::number_from<std::uint32_t>(version).value_or(0) >= 302;
  if (values) {
    knows_values_ = true;
    on_.add(capability::cap_notify);
  }
  std::vector<std::string> names;
  for (const auto& one : capability_table())
    if (is_offered(one.which, offer) && (values || !one.needs_value)) names.push_back(offered_as(one, offer, values));
  // A client that knows no values knows no second line either.
  put_list("LS", names, values ? usual_line : std::string::npos, values, to);
}

void negotiation::list_on(speaker& to) const {
  std::vector<std::string> names;
  for (const auto& one : capability_table())
    if (on_.has(one.which)) names.emplace_back(one.name);
  put_list("LIST", names, knows_values_ ? usual_line : std::string::npos, knows_values_, to);
}

bool negotiation::change(std::string_view name, const capability_offer& offer, capability_set& wanted) const {
  const bool off = name.starts_with('-');
  const auto* known = find_capability(name.substr(off ? 1 : 0));
  if (known == nullptr || !may_be_requested(known->which, offer)) return false;
  if (off && known->which == capability::cap_notify && knows_values_) return false;
  off ? wanted.remove(known->which) : wanted.add(known->which);
  return true;
}

// All of it, or nothing. An ACK takes as many lines as it needs; a NAK says only how the request began.
void negotiation::request(std::string_view names, const capability_offer& offer, speaker& to) {
  open_ = true;
  auto wanted = on_;
  std::vector<std::string> acknowledged;
  for (auto rest = names; !rest.empty();) {
    const auto name = core::take_until(rest, ' ');
    if (name.empty()) continue;
    if (!change(name, offer, wanted)) return to.say("CAP", {to.nick(), "NAK"}, names);
    acknowledged.emplace_back(name);
  }
  on_ = wanted;
  put_list("ACK", acknowledged, usual_line, false, to);
}

}  // namespace greenroom::protocol::irc
