#include "storage/soci/room_row.hpp"

#include "storage/soci/columns.hpp"

namespace greenroom::storage::soci {

core::room_settings to_settings(long long access, long long post, long long slow, long long edit_window,
                                long long receipts, const std::string& title, const std::string& topic,
                                const std::string& data, long long flags, long long most, const std::string& key,
                                const std::string& masks, const std::string& topic_by, long long topic_at) {
  return {.access = static_cast<core::room_access>(access),
          .post = static_cast<core::room_posting>(post),
          .slow_s = static_cast<std::uint32_t>(slow),
          .title = title,
          .topic = topic,
          .data = data,
          .edit_window_s = static_cast<std::uint32_t>(edit_window),
          .receipts = static_cast<core::room_receipts>(receipts),
          .modes = {static_cast<std::uint8_t>(flags), static_cast<std::uint32_t>(most), key, masks},
          .topic_by = {topic_by},
          .topic_at = to_time(topic_at)};
}

core::room_info to_info(const std::string& name, const std::string& owner, long long generation, long long head,
                        long long created, long long access, long long post, long long slow, long long edit_window,
                        long long receipts, const std::string& title, const std::string& topic, const std::string& data,
                        long long flags, long long most, const std::string& key, const std::string& masks,
                        const std::string& topic_by, long long topic_at) {
  return {{name},
          {owner},
          to_settings(access, post, slow, edit_window, receipts, title, topic, data, flags, most, key, masks, topic_by,
                      topic_at),
          {count(generation)},
          {count(head)},
          to_time(created)};
}

}  // namespace greenroom::storage::soci
