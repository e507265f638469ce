#include "app/admin/remote.hpp"

#include <caf/actor_cast.hpp>
#include <caf/after.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <string>

#include "actors/secrets.hpp"
#include "app/admin/command.hpp"
#include "app/cluster.hpp"

namespace greenroom::app::admin {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;

}  // namespace

// A value that another thread brings, once.
template <class T>
class remote_directory::delivery {
 public:
  void put(core::result<T> value) {
    const std::lock_guard guard(lock_);
    if (!std::exchange(done_, true)) promise_.set_value(std::move(value));
  }
  core::result<T> wait(const std::string& for_what) {
    auto future = promise_.get_future();
    if (future.wait_for(patience) == std::future_status::ready) return future.get();
    put(complaint(core::ec::unavailable, {}));
    return complaint(core::ec::unavailable, for_what + " didn't come within 5 s.");
  }

 private:
  std::mutex lock_;
  bool done_ = false;
  std::promise<core::result<T>> promise_;
};

class remote_directory::dialler final : public net::link_owner {
 public:
  struct fresh_link {
    net::link_ptr link;
    net::link_channel_ptr channel;
  };

  void link_up(net::link_ptr link, net::link_channel_ptr channel) override {
    made.put(fresh_link{std::move(link), std::move(channel)});
  }
  void link_down(const net::link_ptr&) override {}
  void dial_failed(std::uint64_t, const core::error& why) override { made.put(why); }

  delivery<fresh_link> made;
};

remote_directory::remote_directory(const config& settings)
    : settings_(settings), dialler_(std::make_shared<dialler>()) {
  discovery::load_scribe(config_);
  system_ = std::make_unique<caf::actor_system>(config_);
  scribe_ = std::make_unique<discovery::scribe>(*system_, [] {});
  self_ = std::make_unique<caf::scoped_actor>(*system_);
  pool_.start();
}

remote_directory::~remote_directory() {
  if (links_) links_->stop();
  directory_ = nullptr;
  self_.reset();
  scribe_.reset();
  pool_.stop();
}

// No node has a name with a slash: this name is beside the node whose name and certificate it may use.
core::node_record remote_directory::guest() const {
  core::node_record me;
  me.name = {settings_.node.substr(0, 48) + "/" + actors::random_id().substr(0, 12)};
  me.incarnation = {actors::random_number()};
  return me;
}

core::result<actors::node_actor> remote_directory::link() {
  const auto secret = cluster_secret(settings_);
  if (!secret) return secret.why();
  const auto options = mesh_options(settings_, *secret, me_);
  auto made = net::links::make(pool_, options.self, options.credentials, options.links, dialler_, {});
  if (!made) return made.why();
  links_ = std::move(*made);
  links_->dial(1, options.discovery_host, options.discovery_port, {});
  auto up = dialler_->made.wait("A link with discovery at " + settings_.discovery.text());
  if (!up) return up.why();
  const auto found = std::make_shared<delivery<actors::node_actor>>();
  scribe_->connect(std::move(up->channel),
                   [found](core::result<actors::node_actor> node) { found->put(std::move(node)); });
  return found->wait("What discovery publishes");
}

core::status remote_directory::connect() {
  const auto node = link();
  if (!node) return node.why();
  auto& self = *self_;
  actors::node_card card;
  card.name = me_.name;
  card.incarnation = me_.incarnation;
  card.node = caf::actor_cast<actors::node_actor>(caf::actor{self});
  card.answer = true;
  self->send(*node, card);
  bool late = false;
  for (const auto end = std::chrono::steady_clock::now() + patience; !directory_ && !late;)
    self->receive([&](actors::node_card& answer) { directory_ = std::move(answer.directory); },
                  caf::after(std::max(end - std::chrono::steady_clock::now(), std::chrono::nanoseconds{0})) >>
                      [&] { late = true; });
  if (directory_) return core::done{};
  return complaint(core::ec::unavailable, "At " + settings_.discovery.text() + " is no node with the discovery role.");
}

}  // namespace greenroom::app::admin
