#include "storage/storable.hpp"

#include <algorithm>

#include "core/names.hpp"

namespace greenroom::storage {

bool storable(const room_append& append) {
  return !append.entries.empty() && std::all_of(append.entries.begin(), append.entries.end(), [](const auto& entry) {
    return core::is_plain(entry) && core::check_text(entry.text) &&
           (entry.client_id.empty() || core::check_client_id(entry.client_id));
  });
}

}  // namespace greenroom::storage
