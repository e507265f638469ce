#include "discovery/scribe.hpp"

#include <caf/actor_cast.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "actors/guarded.hpp"
#include "discovery/link_scribe.hpp"

namespace greenroom::discovery {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t any_port = 1;  // of the bookkeeping only: no port is opened
constexpr auto handshake_timeout = 5s;

// CAF has no setter for a system's node id. Explicit instantiation may name private members.
template <class Tag, typename Tag::type Member>
struct member_access {
  friend typename Tag::type reach(Tag) { return Member; }
};
struct node_id_of_system {
  using type = caf::node_id caf::actor_system::*;
  friend type reach(node_id_of_system);
};
template struct member_access<node_id_of_system, &caf::actor_system::node_>;

caf::node_id random_node_id() {
  std::random_device bits;
  caf::node_id::default_data::host_id_type host;
  for (auto& byte : host) byte = static_cast<std::uint8_t>(bits());
  return caf::make_node_id(bits() | 1u, host);
}

// Modules are initialised in the order of their ids: this one after the middleman, before anything has started.
class random_identity final : public caf::actor_system::module {
 public:
  explicit random_identity(caf::actor_system& system) : system_(system) {}
  void start() override {}
  void stop() override {}
  void init(caf::actor_system_config&) override { system_.*reach(node_id_of_system{}) = random_node_id(); }
  [[nodiscard]] id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }
  static module* make(caf::actor_system& system, caf::detail::type_list<>) { return new random_identity(system); }

 private:
  caf::actor_system& system_;
};

}  // namespace

void load_scribe(caf::actor_system_config& config) {
  config.load<caf::io::middleman>();
  config.load<random_identity>();
  config.set("middleman.heartbeat-interval", caf::timespan{500ms});
  config.set("middleman.connection-timeout", caf::timespan{3s});
  // Without workers of its own, an exception in a message would end CAF's io and nothing else.
  config.set("middleman.workers", std::size_t{1});
}

scribe::scribe(caf::actor_system& system, std::function<void()> broken)
    : system_(system), broker_(system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"))) {
  caf::actor_cast<caf::abstract_actor*>(broker_)->attach_functor([over = over_, broken = std::move(broken)] {
    if (!*over) broken();
  });
}

scribe::~scribe() { leave(); }

void scribe::publish(net::link_channel_ptr channel, const actors::node_actor& published) {
  caf::anon_send(broker_, caf::publish_atom::value, make_link_scribe(system_, std::move(channel)), any_port,
                 caf::actor_cast<caf::strong_actor_ptr>(published), std::set<std::string>{});
}

void scribe::connect(net::link_channel_ptr channel, std::function<void(core::result<actors::node_actor>)> then) {
  auto end = make_link_scribe(system_, std::move(channel));
  system_.spawn(
      [](caf::event_based_actor* self, const caf::actor& broker, caf::io::scribe_ptr given,
         const std::function<void(core::result<actors::node_actor>)>& tell) {
        self->request(broker, handshake_timeout, caf::connect_atom::value, std::move(given), any_port)
            .then(
                [tell](const caf::node_id&, const caf::strong_actor_ptr& peer, const std::set<std::string>&) {
                  actors::guarded("scribe", [&] {
                    if (peer) return tell(caf::actor_cast<actors::node_actor>(peer));
                    tell(core::error{core::ec::unavailable, "nothing is published there", 0});
                  });
                },
                [tell](const caf::error& why) {
                  actors::guarded("scribe", [&] { tell(core::error{core::ec::unavailable, caf::to_string(why), 0}); });
                });
      },
      broker_, std::move(end), std::move(then));
}

}  // namespace greenroom::discovery
