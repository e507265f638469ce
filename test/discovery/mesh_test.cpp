#include "discovery/mesh.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "actors/errors.hpp"
#include "actors/system.hpp"
#include "discovery/scribe.hpp"

namespace greenroom::discovery {
namespace {

using namespace std::chrono_literals;

/// A node's record of its links, in order, and of the subscribers to views.
class heard {
 public:
  void watch(std::shared_ptr<core::view_watcher> watcher) {
    {
      const std::lock_guard guard{lock_};
      watcher_ = std::move(watcher);
    }
    news_.notify_all();
  }
  std::shared_ptr<core::view_watcher> watcher() {
    std::unique_lock guard{lock_};
    news_.wait_for(guard, 10s, [this] { return watcher_ != nullptr; });
    return watcher_;
  }
  /// Lets go of everything.
  void forget() {
    const std::lock_guard guard{lock_};
    watcher_.reset();
    links_.clear();
  }
  void add(actors::link_up link) {
    {
      const std::lock_guard guard{lock_};
      links_.push_back(std::move(link));
    }
    news_.notify_all();
  }
  /// The next; a null node if none comes.
  actors::link_up next() {
    std::unique_lock guard{lock_};
    if (!news_.wait_for(guard, 10s, [this] { return !links_.empty(); })) return {};
    auto link = std::move(links_.front());
    links_.pop_front();
    return link;
  }

 private:
  std::mutex lock_;
  std::condition_variable news_;
  std::deque<actors::link_up> links_;
  std::shared_ptr<core::view_watcher> watcher_;
};

/// Keeps watchers of views, lists one room that is called as the node is.
caf::behavior node_double(caf::event_based_actor* self, const std::string& name, const std::shared_ptr<heard>& links) {
  self->set_default_handler(caf::drop);
  return {
      [links](const actors::link_up& link) { links->add(link); },
      [links](const actors::watch_view& request) { links->watch(request.watcher); },
      [name](const core::list_live_rooms&) {
        return core::live_rooms{{{{name}, {1}}}};
      },
  };
}

struct testing_config : actors::system_config {
  testing_config() : system_config(2) { load_scribe(*this); }
};

/// One process's part of the mesh.
struct process {
  net::io_pool pool{1};  // the last to go: what actors owe may refer to its contexts
  testing_config config;
  caf::actor_system system{config};
  std::shared_ptr<heard> links = std::make_shared<heard>();
  caf::actor node;
  std::unique_ptr<mesh> tested;

  process(const std::string& name, std::uint64_t incarnation, std::uint16_t listen, std::uint16_t discovery) {
    node = system.spawn(node_double, name, links);
    mesh_options options;
    options.self = {"tea", {name}, {incarnation}, "u", "c"};
    options.credentials.secret = std::string(32, 's');
    options.listen = {boost::asio::ip::address_v4::loopback(), listen};
    options.limits = {10ms, 100ms};
    options.has_discovery = discovery == 0;
    options.discovery_host = "127.0.0.1";
    options.discovery_port = discovery;
    pool.start();
    auto made = mesh::make({&system,
                            &pool,
                            std::make_shared<actors::system_clock>(),
                            {},
                            caf::actor_cast<actors::local_node_actor>(node),
                            [] { ADD_FAILURE() << "CAF's io ended"; }},
                           options);
    EXPECT_TRUE(made);
    tested = std::move(*made);
    EXPECT_TRUE(tested->listen());
    tested->start();
  }
  ~process() {
    tested.reset();
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
    node = nullptr;
    links->forget();
    // Queued messages hold handles of actors, which must not outlive their system.
    std::promise<void> reached;
    boost::asio::post(pool.context(0), [&reached] { reached.set_value(); });
    reached.get_future().wait();
    pool.stop();
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  void tell(const core::cluster_view& view) { links->watcher()->view_changed(view); }
  [[nodiscard]] std::uint16_t port() const { return tested->bound().port(); }

  /// The room that the node at the other end lists.
  std::string ask(const actors::node_actor& peer) {
    caf::scoped_actor self{system};
    std::string out = "nothing";
    self->request(peer, 5s, core::list_live_rooms{})
        .receive([&](const core::live_rooms& rooms) { out = rooms.rooms.at(0).room.value; },
                 [&](const caf::error& why) { out = actors::from_caf(why).text(); });
    return out;
  }
};

TEST(MeshOfNodes, ReachesDiscoverysActorsOverALink) {
  process discovery("d", 1, 0, 0);
  process chat("chat", 2, 0, discovery.port());
  const auto link = chat.links->next();
  EXPECT_EQ(link.name.value, "d");
  ASSERT_TRUE(link.node);
  EXPECT_EQ(chat.ask(link.node), "d");
}

TEST(MeshOfNodes, FindsItsNextLifeAgainAtTheSamePlace) {
  auto discovery = std::make_unique<process>("d", 1, std::uint16_t{0}, std::uint16_t{0});
  const auto port = discovery->port();
  process chat("chat", 2, 0, port);
  const auto before = chat.links->next();
  ASSERT_TRUE(before.node);
  const auto old_id = discovery->system.node();
  discovery.reset();
  discovery = std::make_unique<process>("d", 3, port, std::uint16_t{0});
  EXPECT_NE(discovery->system.node(), old_id) << "a handle of the first life must not reach the second";
  const auto after = chat.links->next();
  ASSERT_TRUE(after.node);
  EXPECT_EQ(chat.ask(after.node), "d");
}

TEST(MeshOfNodes, DialsTheOtherNodesOfItsView) {
  process discovery("d", 1, 0, 0);
  process a("a", 2, 0, discovery.port());
  process b("b", 3, 0, discovery.port());
  ASSERT_EQ(a.links->next().name.value, "d");
  core::node_record other;
  other.name = {"b"};
  other.incarnation = {3};
  other.link = {"link", "127.0.0.1", b.port()};
  a.tell({{7}, {other}});
  const auto link = a.links->next();
  EXPECT_EQ(link.name.value, "b");
  ASSERT_TRUE(link.node);
  EXPECT_EQ(a.ask(link.node), "b");
}

}  // namespace
}  // namespace greenroom::discovery
