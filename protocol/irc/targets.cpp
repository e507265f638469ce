#include "protocol/irc/targets.hpp"

#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

complaint about(numeric number, std::string_view name) { return {number, {}, {std::string(name)}, {}}; }

}  // namespace

std::string channel_name(std::string_view room) { return std::string("#").append(room); }

std::string named_target(const message_target& target) {
  return target.is_person() ? target.user.value : channel_name(target.room.value);
}

std::variant<core::room_id, complaint> room_from(std::string_view text) {
  if (!text.starts_with('#') || !core::check_room_name(text.substr(1))) return about(numeric::err_nosuchchannel, text);
  return core::room_id{std::string(text.substr(1))};
}

std::variant<core::user_id, complaint> user_from(std::string_view text) {
  if (!core::check_user_name(text)) return about(numeric::err_nosuchnick, text);
  return core::user_id{std::string(text)};
}

std::variant<message_target, complaint> target_from(std::string_view text) {
  using reach = message_target::reach;
  const bool operators = text.starts_with("@#"), voiced = text.starts_with("+#");
  if (!operators && !voiced && !text.starts_with('#')) {
    auto user = user_from(text);
    if (auto* wrong = std::get_if<complaint>(&user)) return std::move(*wrong);
    return message_target{reach::user, {}, std::get<core::user_id>(std::move(user))};
  }
  auto room = room_from(text.substr(operators || voiced ? 1 : 0));
  if (std::holds_alternative<complaint>(room)) return about(numeric::err_nosuchchannel, text);
  return message_target{operators ? reach::operators
                        : voiced  ? reach::voiced
                                  : reach::room,
                        std::get<core::room_id>(std::move(room)),
                        {}};
}

std::vector<std::string_view> members_of(std::string_view list) {
  std::vector<std::string_view> out;
  while (!list.empty())
    if (const auto one = core::take_until(list, ','); !one.empty()) out.push_back(one);
  return out;
}

std::optional<message_reference> message_from(std::string_view id) noexcept {
  constexpr std::size_t digits = 16;
  if (id.size() <= digits || id[digits] != '-' || !core::is_lower_hex(id.substr(0, digits), digits))
    return std::nullopt;
  const auto generation = core::number_from<std::uint64_t>(id.substr(0, digits), 16);
  const auto seq = core::number_from<std::uint64_t>(id.substr(digits + 1));
  if (!generation || !seq || *seq == 0 || id[digits + 1] == '0') return std::nullopt;
  return message_reference{{*generation}, {*seq}};
}

}  // namespace greenroom::protocol::irc
