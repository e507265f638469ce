#include "core/modes.hpp"

#include <algorithm>
#include <string>

#include "core/masks.hpp"
#include "core/text.hpp"

namespace greenroom::core {
namespace {

constexpr std::string_view lists = "beIv";

std::uint8_t flag_of(char letter) noexcept {
  switch (letter) {
    case 'n':
      return static_cast<std::uint8_t>(room_flag::inside_only);
    case 't':
      return static_cast<std::uint8_t>(room_flag::topic_locked);
    case 's':
      return static_cast<std::uint8_t>(room_flag::unlisted);
    case 'C':
      return static_cast<std::uint8_t>(room_flag::no_ctcp);
    default:
      return 0;
  }
}

// Calls `each` with every line's list and mask, until it returns false.
template <class Each>
void for_each_mask(std::string_view masks, Each each) {
  while (!masks.empty()) {
    const auto line = take_until(masks, '\n');
    if (line.size() > 2 && !each(line.front(), line.substr(2))) return;
  }
}

shared_text with_mask(const room_modes& modes, const mode_change& change) {
  std::string out;
  bool known = false;
  for_each_mask(modes.masks, [&](char list, std::string_view mask) {
    const bool same = list == change.letter && equal_folded(mask, change.value);
    known = known || same;
    if (change.on || !same) out.append(out.empty() ? "" : "\n").append(1, list).append(1, ' ').append(mask);
    return true;
  });
  if (change.on && !known)
    out.append(out.empty() ? "" : "\n").append(1, change.letter).append(1, ' ').append(change.value);
  return out;
}

}  // namespace

bool is_key(std::string_view text) noexcept {
  const auto allowed = [](char c) { return c > ' ' && c < 0x7f && c != ',' && c != ':'; };
  return !text.empty() && text.size() <= max_key_bytes && std::all_of(text.begin(), text.end(), allowed);
}

room_modes changed_by(room_modes before, std::span<const mode_change> changes) {
  for (const auto& one : changes) {
    if (const auto flag = flag_of(one.letter); flag != 0)
      before.flags = static_cast<std::uint8_t>(one.on ? before.flags | flag : before.flags & ~flag);
    else if (one.letter == 'k')
      before.key = one.on ? one.value : shared_text{};
    else if (one.letter == 'l')
      before.most = one.on ? number_from<std::uint32_t>(one.value).value_or(0) : 0;
    else if (lists.find(one.letter) != lists.npos)
      before.masks = with_mask(before, one);
  }
  return before;
}

std::vector<std::string_view> masks_of(const room_modes& modes, char list) {
  std::vector<std::string_view> out;
  for_each_mask(modes.masks, [&](char of, std::string_view mask) {
    if (of == list) out.push_back(mask);
    return true;
  });
  return out;
}

bool has_too_many_masks(const room_modes& modes) {
  return std::any_of(lists.begin(), lists.end(), [&](char list) { return masks_of(modes, list).size() > max_masks; });
}

bool is_on_list(const room_modes& modes, char list, const user_id& person) {
  bool found = false;
  for_each_mask(modes.masks, [&](char of, std::string_view mask) {
    found = of == list && mask_means(mask, person);
    return !found;
  });
  return found;
}

bool has_voice(const room_modes& modes, const user_id& person) {
  bool found = false;
  for_each_mask(modes.masks, [&](char of, std::string_view name) {
    found = of == 'v' && equal_folded(name, person.value);
    return !found;
  });
  return found;
}

shared_text voices_of(const room_modes& modes) {
  std::string out;
  for_each_mask(modes.masks, [&](char of, std::string_view name) {
    if (of == 'v') out.append(out.empty() ? "v " : "\nv ").append(name);
    return true;
  });
  return out;
}

std::string words_of(std::span<const mode_change> changes) {
  std::string letters, values;
  char sign = 0;
  for (const auto& one : changes) {
    const char wanted = one.on ? '+' : '-';
    if (sign != wanted) letters += sign = wanted;
    letters += one.letter;
    const bool told = one.on ? !one.value.empty() : lists.find(one.letter) != lists.npos;
    if (told) values.append(" ").append(one.letter == 'k' ? std::string_view{"*"} : one.value.view());
  }
  return letters + values;
}

}  // namespace greenroom::core
