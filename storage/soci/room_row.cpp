#include "storage/soci/room_row.hpp"

#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {

core::room_settings to_settings(long long access, long long post, long long slow, long long edit_window,
                                const std::string& title, const std::string& topic, const std::string& data) {
  return {.access = static_cast<core::room_access>(access),
          .post = static_cast<core::room_posting>(post),
          .slow_s = static_cast<std::uint32_t>(slow),
          .title = title,
          .topic = topic,
          .data = data,
          .edit_window_s = static_cast<std::uint32_t>(edit_window)};
}

core::room_info to_info(const std::string& name, const std::string& owner, long long generation, long long head,
                        long long created, long long access, long long post, long long slow, long long edit_window,
                        const std::string& title, const std::string& topic, const std::string& data) {
  return {{name},
          {owner},
          to_settings(access, post, slow, edit_window, title, topic, data),
          {count(generation)},
          {count(head)},
          to_time(created)};
}

}  // namespace greenroom::storage::soci
