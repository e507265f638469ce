#include "storage/memory/chat_database.hpp"

namespace greenroom::storage::memory {

chat_database::chat_database() {
  auto lobby = std::make_shared<room>();
  lobby->key = ++last_key;
  lobby->info = {{"lobby"}, {"system"}, false, {random_generation()}, {}, {}};
  by_key.emplace(lobby->key, lobby);
  rooms.emplace(lobby->info.room, lobby);
}

}  // namespace greenroom::storage::memory
