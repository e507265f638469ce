#include "actors/node_news.hpp"

#include <variant>

#include "actors/node_cluster.hpp"

namespace greenroom::actors {

void hear(node_pointer self, const core::room_gone& gone) {
  const auto room = self->state.rooms.find(gone.room);
  if (room != self->state.rooms.end()) self->send(room->second.handle, gone);
  // Its owner tells the relay too; but the owner may be out of reach, or there may be none.
  const auto relay = self->state.relays.find(gone.room);
  if (relay != self->state.relays.end()) self->send(relay->second, gone);
}

void hear(node_pointer self, const core::author_erased& who) {
  for (const auto& [room, where] : self->state.rooms) self->send(where.handle, who);
}

void hear(node_pointer self, const core::roster_changed& where) {
  const auto room = self->state.rooms.find(where.room);
  if (room != self->state.rooms.end()) self->send(room->second.handle, where);
}

void hear(node_pointer self, const core::session_ended& ended) {
  if (self->state.door) self->send(self->state.door, ended);
}

void tell_all(node_pointer self, const announce& news) {
  std::visit(
      [self](const auto& event) {
        hear(self, event);
        tell_peers(self, event);
      },
      news.what);
}

}  // namespace greenroom::actors
