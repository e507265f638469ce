#include "net/io_pool.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <stdexcept>

namespace greenroom::net {
namespace {

TEST(IoPool, UsesAtLeastOneCoreAndNoMoreThanTheMachineHas) {
  EXPECT_GE(available_cores(), 1u);
  EXPECT_LE(available_cores(), std::max(1u, std::thread::hardware_concurrency()));
  EXPECT_EQ(io_pool{}.size(), available_cores());
}

TEST(IoPool, EachSlotRunsOnAThreadOfItsOwn) {
  io_pool pool{3};
  pool.start();
  std::set<std::thread::id> threads;
  for (std::size_t slot = 0; slot < pool.size(); ++slot) {
    for (int i = 0; i < 3; ++i) {
      std::promise<std::thread::id> where;
      boost::asio::post(pool.context(slot), [&] { where.set_value(std::this_thread::get_id()); });
      threads.insert(where.get_future().get());
    }
  }
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
}

TEST(IoPool, ConnectionIdsAreDistinctAndNameTheirSlot) {
  io_pool pool{4};
  std::set<core::connection_id> ids;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto id = pool.next_connection_id(i % 4);
    EXPECT_EQ(io_pool::slot_of(id), i % 4);
    EXPECT_TRUE(id);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(IoPool, SurvivesAHandlerThatThrows) {
  io_pool pool{1};
  pool.start();
  boost::asio::post(pool.context(0), [] { throw std::runtime_error{"on purpose"}; });
  std::promise<void> alive;
  boost::asio::post(pool.context(0), [&] { alive.set_value(); });
  EXPECT_EQ(alive.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(IoPool, DestroysWhatWasNeverRun) {
  auto token = std::make_shared<int>(1);
  {
    io_pool pool{2};
    boost::asio::post(pool.context(0), [token] {});
    boost::asio::post(pool.context(1), [token] {});
    EXPECT_EQ(token.use_count(), 3);
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace greenroom::net
