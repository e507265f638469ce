#include "discovery/watch.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "net/io_pool.hpp"

namespace greenroom::discovery {
namespace {

/// A client that ends everything as soon as it has its answer.
struct last_client final : net::http::answerer {
  explicit last_client(std::unique_ptr<net::io_pool>& all) : pool(all) {}
  void send(std::shared_ptr<answerer>, net::http::answer what) override {
    body = std::move(what.body);
    pool.reset();
  }
  std::optional<net::http::upgraded> give_away(net::http::request) override { return std::nullopt; }

  std::unique_ptr<net::io_pool>& pool;
  std::string body;
};

struct Watch : testing::Test {
  Watch() {
    tested->answer_after(
        std::make_shared<net::http::exchange>(
            net::http::request{},
            net::http::exchange::place{&pool->context(0), 0, boost::asio::ip::address_v4::loopback(), {}, false},
            client),
        0, core::seconds{60});
  }

  std::unique_ptr<net::io_pool> pool = std::make_unique<net::io_pool>(1);
  std::shared_ptr<watch> tested = std::make_shared<watch>();
  std::shared_ptr<last_client> client = std::make_shared<last_client>(pool);
};

TEST_F(Watch, TouchesNothingOfTheIoThreadsOnceAViewIsTold) {
  tested->view_changed({{1}, {}});
  EXPECT_EQ(client->body, R"({"index":1,"nodes":[]})");
  EXPECT_FALSE(pool);
}

TEST_F(Watch, TouchesNothingOfTheIoThreadsOnceItAnsweredBecauseItStops) {
  tested->stop();
  EXPECT_EQ(client->body, R"({"index":0,"nodes":[]})");
  EXPECT_FALSE(pool);
}

/// A client that the test has leave.
struct leaving_client final : net::http::answerer {
  void send(std::shared_ptr<answerer>, net::http::answer) override { answered = true; }
  std::optional<net::http::upgraded> give_away(net::http::request) override { return std::nullopt; }
  void allow(std::chrono::milliseconds time) override { allowed = time; }
  [[nodiscard]] bool is_abandoned() const override { return left; }

  std::atomic<bool> left{false}, answered{false};
  std::atomic<std::chrono::milliseconds> allowed{};
};

TEST(WatchPlaces, AreFreeAgainOnceAClientHasLeft) {
  net::io_pool pool{1};
  pool.start();
  const auto tested = std::make_shared<watch>(1);
  const auto wait = [&](const std::shared_ptr<leaving_client>& client) {
    auto ask = std::make_shared<net::http::exchange>(
        net::http::request{},
        net::http::exchange::place{&pool.context(0), 0, boost::asio::ip::address_v4::loopback(), {}, false}, client);
    std::promise<void> done;
    boost::asio::post(pool.context(0), [&] {
      tested->answer_after(ask, 0, core::seconds{300});
      done.set_value();
    });
    done.get_future().get();
  };
  const auto first = std::make_shared<leaving_client>(), second = std::make_shared<leaving_client>();
  wait(first);
  EXPECT_GT(first->allowed.load(), core::seconds{300}) << "the server must not answer before the watch does";
  wait(second);
  EXPECT_TRUE(second->answered) << "there is one place";
  first->left = true;
  for (int i = 0; i < 300 && !first->answered; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_TRUE(first->answered);
  const auto third = std::make_shared<leaving_client>();
  wait(third);
  EXPECT_FALSE(third->answered) << "and waits in the first one's place";
  tested->stop();
  pool.stop();
}

}  // namespace
}  // namespace greenroom::discovery
