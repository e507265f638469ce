#include "core/known_users.hpp"

#include <algorithm>

namespace greenroom::core {

known_users::known_users(milliseconds kept, std::size_t most) : kept_(kept), most_(most) {}

std::vector<user_id> known_users::unknown(const std::vector<user_id>& names, mono_time now) const {
  std::vector<user_id> out;
  for (const auto& name : names) {
    const auto found = users_.find(name);
    const bool is_known = found != users_.end() && now < found->second.until;
    if (!is_known && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

void known_users::heard(const std::vector<user_id>& users, mono_time now) {
  for (const auto& user : users) {
    users_.insert_or_assign(user, known{user, now + kept_});
    ends_.emplace_back(now + kept_, user);
  }
  while (!ends_.empty() && (ends_.front().first <= now || users_.size() > most_)) {
    const auto found = users_.find(ends_.front().second);
    if (found != users_.end() && found->second.until == ends_.front().first) users_.erase(found);
    ends_.pop_front();
  }
}

result<std::vector<user_id>> known_users::resolve(const std::vector<user_id>& names, mono_time now) const {
  std::vector<user_id> out;
  for (const auto& name : names) {
    const auto found = users_.find(name);
    if (found == users_.end() || now >= found->second.until)
      return error{ec::no_user, "There is no user " + name.value + ".", 0};
    out.push_back(found->second.written);
  }
  return out;
}

}  // namespace greenroom::core
