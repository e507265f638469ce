#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "actors/system.hpp"
#include "bench/micro/scale/scale.hpp"

namespace greenroom::bench::scale {
namespace {

std::vector<char> bytes_of(caf::actor_system& system, caf::message& sent) {
  std::vector<char> bytes;
  caf::binary_serializer to{system, bytes};
  if (to(sent)) std::abort();
  return bytes;
}

// The frame's header of 32 bytes is not counted.
void print_message(caf::actor_system& system, const char* what, caf::message sent) {
  constexpr int rounds = 20;
  std::vector<char> bytes;
  const stopwatch writing;
  for (int i = 0; i < rounds; ++i) bytes = bytes_of(system, sent);
  const double written = writing.seconds() / rounds;
  const stopwatch reading;
  for (int i = 0; i < rounds; ++i) {
    caf::message read;
    caf::binary_deserializer from{system, bytes};
    if (from(read)) std::abort();
  }
  std::printf("%s: %zu bytes, %.1f us to write, %.1f us to read\n", what, bytes.size(), written * 1e6,
              reading.seconds() / rounds * 1e6);
}

}  // namespace

void view(std::size_t nodes) {
  actors::system_config config{1};
  caf::actor_system system{config};
  const auto shown = view_of(nodes);
  const auto label = "a view of " + std::to_string(nodes) + " nodes";
  print_message(system, label.c_str(), caf::make_message(shown));
  print_message(system, "a registration", caf::make_message(shown.nodes.back()));
  print_message(system, "a beat", caf::make_message(core::beat{{"chat-999"}, {1}, {10'000, 1'000}, false}));
  core::room_batch batch{{"lobby"}, {1}, {}};
  batch.entries.push_back({.seq = {1}, .author = {"ann"}, .text = std::string(100, 'x')});
  print_message(system, "a room's batch of one message of 100 bytes, for one other node", caf::make_message(batch));
  // An argument that nobody needs: CAF 0.17 dereferences a null tuple where there is none.
  const auto somebody = system.spawn(
      [](caf::event_based_actor* self, int) -> caf::behavior {
        self->set_default_handler(caf::drop);
        return {[](core::read_view) {}};
      },
      0);
  print_message(system, "a card",
                caf::make_message(actors::node_card{{"chat-999"},
                                                    {1},
                                                    caf::actor_cast<actors::node_actor>(somebody),
                                                    {},
                                                    caf::actor_cast<actors::catalog_actor>(somebody),
                                                    {},
                                                    true}));
  caf::anon_send_exit(somebody, caf::exit_reason::kill);
}

}  // namespace greenroom::bench::scale
