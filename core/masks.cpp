#include "core/masks.hpp"

#include <cstddef>

#include "core/text.hpp"

namespace greenroom::core {

// Goes back to the last `*` only: an earlier one never has to take more.
bool mask_matches(std::string_view mask, std::string_view text) noexcept {
  std::size_t m = 0, t = 0, star = mask.npos, from = 0;
  while (t < text.size()) {
    if (m < mask.size() && mask[m] == '*') {
      star = m++;
      from = t;
    } else if (m < mask.size() && (mask[m] == '?' || fold(mask[m]) == fold(text[t]))) {
      ++m;
      ++t;
    } else if (star != mask.npos) {
      m = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  return mask.find_first_not_of('*', m) == mask.npos;
}

void append_person(std::string& out, std::string_view nick) {
  out.append(nick).append("!~u@").append(host_of_person).append(nick);
}

bool mask_means(std::string_view mask, const user_id& person) {
  if (mask.starts_with(account_mask)) return mask_matches(mask.substr(account_mask.size()), person.value);
  std::string whole;
  append_person(whole, person.value);
  return mask_matches(mask, whole);
}

}  // namespace greenroom::core
