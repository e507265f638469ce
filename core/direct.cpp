#include "core/direct.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/bytes.hpp"
#include "core/names.hpp"
#include "core/text.hpp"

namespace greenroom::core {
namespace {

constexpr std::size_t group_digits = 16;

status misnamed() {
  return error{ec::bad_name, "A direct room is named @bob or @ada,bob, and a group @@ and 16 hex digits.", 0};
}

}  // namespace

room_id direct_room_of(const user_id& one, const user_id& other) {
  auto first = folded(one.value);
  auto second = folded(other.value);
  if (second < first) std::swap(first, second);
  return {"@" + first + "," + second};
}

room_id group_of(std::uint64_t number) {
  std::string bytes;
  put_number(bytes, number, group_digits / 2);
  return {"@@" + to_hex(bytes)};
}

std::vector<user_id> people_of(const room_id& room) {
  if (nature_of(room) != room_nature::direct) return {};
  const auto comma = std::min(room.value.find(','), room.value.size());
  std::vector<user_id> out{{room.value.substr(1, comma - 1)}};
  if (comma < room.value.size() && room.value.substr(comma + 1) != out.front().value)
    out.push_back({room.value.substr(comma + 1)});
  return out;
}

status check_room_reference(std::string_view name) {
  switch (nature_of(name)) {
    case room_nature::room:
      break;
    case room_nature::group:
      return is_lower_hex(folded(name.substr(2)), group_digits) ? status{done{}} : misnamed();
    case room_nature::direct: {
      const auto comma = std::min(name.find(','), name.size());
      const bool both = comma < name.size();
      const bool good =
          check_user_name(name.substr(1, comma - 1)) && (!both || check_user_name(name.substr(comma + 1)));
      return good ? status{done{}} : misnamed();
    }
  }
  return check_room_name(name);
}

room_id room_meant(room_id said, const user_id& by) {
  switch (nature_of(said)) {
    case room_nature::room:
      break;
    case room_nature::group:
      return {folded(said.value)};
    case room_nature::direct: {
      const auto comma = said.value.find(',');
      if (comma == std::string::npos) return direct_room_of(by, {said.value.substr(1)});
      return direct_room_of({said.value.substr(1, comma - 1)}, {said.value.substr(comma + 1)});
    }
  }
  return said;
}

}  // namespace greenroom::core
