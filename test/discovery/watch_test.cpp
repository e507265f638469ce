#include "discovery/watch.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
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

}  // namespace
}  // namespace greenroom::discovery
