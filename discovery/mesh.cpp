#include "discovery/mesh.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "actors/secrets.hpp"
#include "discovery/scribe.hpp"
#include "telemetry/log.hpp"

namespace greenroom::discovery {
namespace {

namespace log = telemetry::log;
using core::link_no;

core::mesh::identity identity_of(const mesh_options& options) {
  return {options.self.node, options.has_discovery, options.discovery_host, options.discovery_port};
}

}  // namespace

/// All of it happens on the thread of one slot of the pool.
class mesh::state final : public net::link_owner,
                          public core::view_watcher,
                          public std::enable_shared_from_this<mesh::state> {
 public:
  state(mesh_deps deps, mesh_options options)
      : deps_(std::move(deps)),
        options_(std::move(options)),
        context_(deps_.pool->context(0)),
        timer_(context_),
        machine_(identity_of(options_), options_.limits, actors::random_number()),
        scribe_(std::make_unique<scribe>(*deps_.system, deps_.broken)) {}

  core::status make_links() {
    auto made = net::links::make(*deps_.pool, options_.self, options_.credentials, options_.links, weak_from_this(),
                                 deps_.metrics);
    if (!made) return made.why();
    links_ = std::move(*made);
    return core::done{};
  }
  core::status listen() { return links_->listen(options_.listen); }
  [[nodiscard]] boost::asio::ip::tcp::endpoint bound() const { return links_->bound(); }
  core::status read_again() { return links_->read_again(); }

  void start() {
    caf::anon_send(deps_.node, actors::watch_view{shared_from_this()});
    here([this] { carry_out(machine_.start(now())); });
  }

  void stop() {
    links_->stop();
    // At once: the io threads may be stopped before they get to the rest, and CAF's io ends with the system.
    scribe_->leave();
    boost::asio::post(context_, [me = shared_from_this()] {
      me->stopped_ = true;
      me->timer_.cancel();
      me->known_.clear();
      me->deps_.node = nullptr;
      me->scribe_.reset();
    });
  }

  void view_changed(const core::cluster_view& view) override {
    here([this, view] { carry_out(machine_.view_changed(view, now())); });
  }

  void link_up(net::link_ptr link, net::link_channel_ptr channel) override {
    here([this, link = std::move(link), channel = std::move(channel)]() mutable {
      const auto& peer = link->peer();
      const link_no number{++last_link_};
      numbers_[link] = number;
      complained_.erase(peer.node);
      complained_.erase(core::node_name{});
      auto effects = machine_.link_up(number, peer.node, peer.incarnation, link->dialled(), now());
      known_.emplace(number, held{std::move(link), std::move(channel)});
      carry_out(std::move(effects));
    });
  }

  void link_down(const net::link_ptr& link) override {
    here([this, link] {
      const auto number = numbers_.extract(link);
      if (!number) return;
      known_.erase(number.mapped());
      carry_out(machine_.link_down(number.mapped(), now()));
    });
  }

  void dial_failed(std::uint64_t which, const core::error& why) override {
    here([this, which, why] {
      const auto at = std::find_if(dialled_.begin(), dialled_.end(),
                                   [which](const auto& one) { return one.second.which == which; });
      // Once, until a link comes of it.
      if (at != dialled_.end() && complained_.insert(at->first).second) {
        const auto& to = at->second;
        log::warn("no_link", {{"peer", to.expected.value.empty() ? "discovery" : to.expected.value},
                              {"address", to.host + ":" + std::to_string(to.port)},
                              {"why", why.text()}});
      }
      carry_out(machine_.dial_failed(which, now()));
    });
  }

 private:
  struct held {
    net::link_ptr link;
    net::link_channel_ptr channel;
  };

  [[nodiscard]] core::mono_time now() const { return deps_.clock->now().mono; }

  template <class Work>
  void here(Work work) {
    boost::asio::post(context_, [me = shared_from_this(), work = std::move(work)]() mutable {
      if (!me->stopped_) work();
    });
  }

  void carry_out(core::mesh_effects effects) {
    for (const auto number : effects.close)
      if (const auto at = known_.find(number); at != known_.end()) at->second.link->close();
    for (const auto number : effects.open)
      if (const auto at = known_.find(number); at != known_.end()) open(at->second);
    for (auto& to : effects.dial) {
      dialled_[to.expected] = to;
      links_->dial(to.which, std::move(to.host), to.port, std::move(to.expected));
    }
    wake_at(machine_.next());
  }

  void open(held& up) {
    if (!up.link->dialled()) return scribe_->publish(std::move(up.channel), deps_.node);
    scribe_->connect(std::move(up.channel),
                     [link = up.link, node = deps_.node](const core::result<actors::node_actor>& peer) {
                       if (peer) return caf::anon_send(node, actors::link_up{link->peer().node, *peer});
                       log::warn("link_unusable", {{"peer", link->peer().node.value}, {"why", peer.why().text()}});
                       link->close();
                     });
  }

  void wake_at(std::optional<core::mono_time> when) {
    if (!when) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(*when);
    timer_.async_wait([me = shared_from_this()](boost::system::error_code cancelled) {
      if (!cancelled && !me->stopped_) me->carry_out(me->machine_.tick(me->now()));
    });
  }

  mesh_deps deps_;
  mesh_options options_;
  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  core::mesh machine_;
  std::unique_ptr<scribe> scribe_;
  std::unique_ptr<net::links> links_;
  bool stopped_ = false;
  std::uint64_t last_link_ = 0;
  std::unordered_map<net::link_ptr, link_no> numbers_;
  std::unordered_map<link_no, held> known_;
  std::unordered_map<core::node_name, core::mesh_dial> dialled_;  // the last dials, by the expected node
  std::set<core::node_name> complained_;
};

core::result<std::unique_ptr<mesh>> mesh::make(mesh_deps deps, mesh_options options) {
  auto inner = std::make_shared<state>(std::move(deps), std::move(options));
  if (auto made = inner->make_links(); !made) return made.why();
  return std::unique_ptr<mesh>(new mesh(std::move(inner)));
}

mesh::~mesh() { stop(); }
core::status mesh::listen() { return inner_->listen(); }
boost::asio::ip::tcp::endpoint mesh::bound() const { return inner_->bound(); }
void mesh::start() { inner_->start(); }
core::status mesh::read_again() { return inner_->read_again(); }

void mesh::stop() {
  if (inner_) std::exchange(inner_, nullptr)->stop();
}

}  // namespace greenroom::discovery
