#include "discovery/role.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "actors/errors.hpp"
#include "actors/system.hpp"

namespace greenroom::discovery {
namespace {

using namespace std::chrono_literals;
using tcp = boost::asio::ip::tcp;

/// Discovery on a free port, in a real actor system.
struct DiscoveryRole : testing::Test {
  net::io_pool pool{1};  // the last to go: what actors owe may refer to its contexts
  actors::system_config config{2};
  caf::actor_system system{config};
  role tested{{&system, &pool, nullptr, std::make_shared<actors::system_clock>(), {}, {"earth"}, "1.2.3"}, settings()};

  static role_settings settings() {
    role_settings out;
    out.listen = {boost::asio::ip::address_v4::loopback(), 0};
    out.directory = {400ms, 100ms};
    return out;
  }
  DiscoveryRole() {
    EXPECT_TRUE(tested.start());
    pool.start();
  }
  ~DiscoveryRole() override { tested.stop(); }

  /// The whole answer to a GET.
  std::string get(const std::string& target) {
    boost::asio::io_context context;
    tcp::socket socket{context};
    socket.connect(tested.bound());
    boost::asio::write(socket,
                       boost::asio::buffer("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    std::string out;
    boost::system::error_code ended;
    boost::asio::read(socket, boost::asio::dynamic_buffer(out), ended);
    return out;
  }
  bool eventually(const std::function<bool()>& done) {
    for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
      if (done()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  actors::node_actor listener() {
    const auto hears = [](caf::event_based_actor* self, int) -> caf::behavior {
      self->set_default_handler(caf::drop);
      return {[](core::cluster_view&) {}};
    };
    return caf::actor_cast<actors::node_actor>(system.spawn(hears, 0));
  }
  static core::node_record record(const std::string& name) {
    return {{name}, {7}, {{"chat", "127.0.0.1", 8008}, {"users", "127.0.0.1", 8010}}, "1.2.3", "u", "c", false, {}, {}};
  }
  core::result<core::cluster_view> enter(const core::node_record& who, const actors::node_actor& as) {
    caf::scoped_actor self{system};
    core::result<core::cluster_view> out = core::ec::internal;
    self->request(tested.directory(), 5s, who, as)
        .receive([&](core::cluster_view& view) { out = std::move(view); },
                 [&](const caf::error& why) { out = actors::from_caf(why); });
    return out;
  }
};

TEST_F(DiscoveryRole, IsAliveAndEmptyAtFirst) {
  const auto status = get("/status");
  EXPECT_NE(status.find(" 200 "), std::string::npos);
  EXPECT_NE(status.find(R"({"status":"Alive","role":"discovery","node":"earth")"), std::string::npos) << status;
  EXPECT_NE(status.find(R"("services":[])"), std::string::npos);
  EXPECT_NE(status.find(R"("services_count":0)"), std::string::npos);
  EXPECT_NE(get("/readyz").find(" 200 "), std::string::npos);
  EXPECT_NE(get("/nothing").find(" 404 "), std::string::npos);
}

TEST_F(DiscoveryRole, ShowsWhoRegisteredAndBeatsAndForgetsTheSilent) {
  const auto node = listener();
  ASSERT_TRUE(enter(record("mars"), node));
  const auto status = get("/status");
  EXPECT_NE(status.find(R"("services":["chat","users"])"), std::string::npos) << status;
  EXPECT_NE(status.find(R"("services_count":2)"), std::string::npos) << status;
  const auto targets = get("/sd");
  EXPECT_NE(targets.find("127.0.0.1:8008"), std::string::npos) << targets;
  caf::anon_send(tested.directory(), core::beat{{"mars"}, {7}, {42, 3}, false});
  EXPECT_TRUE(eventually([&] { return get("/status").find("\"connections\":42") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] { return get("/status").find(R"("services":[])") != std::string::npos; }));
  caf::anon_send_exit(node, caf::exit_reason::kill);
}

TEST_F(DiscoveryRole, ForgetsADeadNodeAfterItsGrace) {
  const auto node = listener();
  ASSERT_TRUE(enter(record("mars"), node));
  caf::anon_send_exit(node, caf::exit_reason::kill);
  EXPECT_TRUE(eventually([&] { return get("/sd").ends_with("\r\n\r\n[]"); }));
}

TEST_F(DiscoveryRole, RefusesAnotherDatabase) {
  const auto node = listener();
  ASSERT_TRUE(enter(record("mars"), node));
  auto stranger = record("venus");
  stranger.users_database = "another";
  EXPECT_EQ(enter(stranger, node).code(), core::ec::conflict);
  caf::anon_send_exit(node, caf::exit_reason::kill);
}

TEST_F(DiscoveryRole, AnswersAWatchWhenTheViewChanges) {
  EXPECT_NE(get("/nodes").find(R"({"index":0,"nodes":[]})"), std::string::npos);
  std::string answer;
  std::thread waits([&] { answer = get("/nodes?index=0&wait=1m"); });
  std::this_thread::sleep_for(20ms);
  const auto node = listener();
  ASSERT_TRUE(enter(record("mars"), node));
  waits.join();
  EXPECT_NE(answer.find(R"("node":"mars")"), std::string::npos) << answer;
  EXPECT_NE(get("/nodes?index=0&wait=1m").find(R"("node":"mars")"), std::string::npos) << "the version is greater";
  caf::anon_send_exit(node, caf::exit_reason::kill);
}

TEST_F(DiscoveryRole, AnswersAWatchWhenItsTimeIsOver) {
  EXPECT_NE(get("/nodes?index=99&wait=10ms").find(R"("index":0)"), std::string::npos);
  EXPECT_NE(get("/nodes?index=0&wait=10").find(" 400 "), std::string::npos);
  EXPECT_NE(get("/nodes?index=0&wait=6m").find(" 400 "), std::string::npos);
  EXPECT_NE(get("/nodes?index=one").find(" 400 "), std::string::npos);
}

TEST_F(DiscoveryRole, LeavesNobodyWaitingWhenItDrains) {
  std::string answer;
  std::thread waits([&] { answer = get("/nodes?index=0&wait=5m"); });
  EXPECT_TRUE(eventually([&] { return tested.open() == 1; }));
  std::this_thread::sleep_for(20ms);
  tested.drain();
  waits.join();
  EXPECT_NE(answer.find(" 200 "), std::string::npos) << answer;
}

TEST_F(DiscoveryRole, IsNotReadyOnceItLeaves) {
  tested.leave();
  EXPECT_NE(get("/readyz").find(" 503 "), std::string::npos);
  EXPECT_NE(get("/status").find(" 200 "), std::string::npos);
}

}  // namespace
}  // namespace greenroom::discovery
