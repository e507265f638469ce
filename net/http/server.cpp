#include "net/http/server.hpp"

#include <boost/asio/dispatch.hpp>

#include <future>
#include <utility>

#include "net/http/connection.hpp"

namespace greenroom::net::http {

namespace asio = boost::asio;

namespace {

// Runs `act` for every connection, each on its thread; the futures are ready when a slot is done.
std::vector<std::future<void>> for_each_connection(const std::shared_ptr<server::shared>& common,
                                                   void (connection::*act)()) {
  std::vector<std::future<void>> done;
  for (std::size_t slot = 0; slot < common->pool.size(); ++slot) {
    auto promise = std::make_shared<std::promise<void>>();
    done.push_back(promise->get_future());
    asio::dispatch(common->pool.context(slot), [common, act, slot, promise] {
      const auto open = common->by_slot[slot];  // a copy: they take themselves out
      for (connection* one : open) (one->*act)();
      promise->set_value();
    });
  }
  return done;
}

// Only heads that a gateway signed may use it: the connection checks that.
server_options with_room_for_a_gateway(server_options options) {
  if (options.forwarded_secret.empty()) return options;
  options.limits.fields += gateway_fields;
  options.limits.head += gateway_bytes;
  return options;
}

}  // namespace

server::server(io_pool& pool, handler handle, server_options options)
    : shared_(new shared{pool, std::move(handle), with_room_for_a_gateway(std::move(options))}) {
  shared_->by_slot.resize(pool.size());
  shared_->tls.store(shared_->options.tls);
  listener_ = std::make_unique<listener>(pool, shared_->options.caps, [common = shared_](accepted from) {
    if (common->draining) return;
    std::make_shared<connection>(common, std::move(from))->start();
  });
}

server::~server() { stop(); }

core::status server::listen(const asio::ip::tcp::endpoint& at) { return listener_->listen(at); }

asio::ip::tcp::endpoint server::bound() const noexcept { return listener_->bound(); }

void server::show(tls_identity fresh) { shared_->tls.store(std::move(fresh)); }

void server::drain() {
  if (shared_->draining.exchange(true)) return;
  listener_->stop();
  for_each_connection(shared_, &connection::drain);
}

void server::stop() {
  drain();
  if (shared_->stopped.exchange(true)) return;
  for (auto& slot : for_each_connection(shared_, &connection::close))
    while (shared_->pool.running() && slot.wait_for(std::chrono::milliseconds{10}) != std::future_status::ready) {
    }
}

std::size_t server::connections() const noexcept { return shared_->open.load(std::memory_order_relaxed); }

}  // namespace greenroom::net::http
