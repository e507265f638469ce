#include <benchmark/benchmark.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "net/hub.hpp"
#include "net/ws_connection.hpp"

namespace greenroom {
namespace {

using boost::asio::ip::tcp;

constexpr core::topic_id room{1};
constexpr core::voice_id json{1};

/// Hears nothing: what an owner does isn't measured here.
struct deaf_owner : core::client_owner {
  void received(std::vector<std::string>) override {}
  void missed(core::topic_id, core::seq_no, core::seq_no) override {}
  void roomy() override {}
  void closed() override {}
};

/// One io thread, a hub, and websockets over loopback whose clients only take what comes.
class crowd {
 public:
  explicit crowd(std::size_t size) : pool_(1), hub_(pool_) {
    pool_.start();
    tcp::acceptor door(pool_.context(0), {boost::asio::ip::address_v4::loopback(), 0}, true);
    const auto at = door.local_endpoint();
    for (std::size_t i = 0; i < size; ++i) {
      const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
      if (::connect(fd, at.data(), static_cast<socklen_t>(at.size())) != 0) std::abort();
      clients_.push_back(fd);
      admit(door.accept(pool_.context(0)));
    }
    settle();
    drain();
  }
  ~crowd() {
    hub_.stop();
    pool_.stop();
    for (const int fd : clients_) ::close(fd);
  }

  void listen() {
    for (const auto& one : connections_) {
      hub_.listen(room, one->id(), {json, true});
      hub_.open(room, one->id(), {}, {1});
    }
    settle();
  }
  void deliver(const std::shared_ptr<core::encoded_batch>& batch) { hub_.deliver(room, batch); }
  /// Returns when the io thread has done all that was asked of it.
  void settle() {
    std::promise<void> done;
    boost::asio::post(pool_.context(0), [&] { done.set_value(); });
    done.get_future().wait();
  }
  /// Throws away what the clients were sent.
  void drain() {
    for (const int fd : clients_)
      while (::recv(fd, nullptr, 1 << 20, MSG_DONTWAIT | MSG_TRUNC) > 0) {
      }
  }
  [[nodiscard]] const std::vector<int>& clients() const { return clients_; }
  [[nodiscard]] net::hub_figures figures() const { return hub_.figures(); }

 private:
  void admit(net::tcp_socket socket) {
    net::http::request head(boost::beast::http::verb::get, "/ws", 11);
    head.set("Host", "localhost");
    head.set("Upgrade", "websocket");
    head.set("Connection", "Upgrade");
    head.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    head.set("Sec-WebSocket-Version", "13");
    auto one = net::ws_connection::make(hub_, pool_.next_connection_id(0),
                                        {net::stream{std::move(socket)}, {}, std::move(head), 0, net::admission{}},
                                        net::ws_speech{}, settings_, "127.0.0.1");
    boost::asio::post(pool_.context(0), [one, owner = owner_] { one->start(owner); });
    connections_.push_back(std::move(one));
  }

  net::io_pool pool_;
  net::hub hub_;
  std::shared_ptr<const net::ws_settings> settings_ = std::make_shared<const net::ws_settings>();
  std::shared_ptr<deaf_owner> owner_ = std::make_shared<deaf_owner>();
  std::vector<std::shared_ptr<net::ws_connection>> connections_;
  std::vector<int> clients_;
};

std::shared_ptr<core::encoded_batch> make_batch(std::uint64_t first, std::uint32_t count) {
  auto out = std::make_shared<core::encoded_batch>();
  out->first = {first};
  out->count = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    core::encoded& text = out->text[json];
    text.bytes += "\x81\x55";
    text.bytes += R"({"type":"message","room":"lobby","seq":123456,"from":"alice","text":"how do you do?"})";
    text.end_event();
  }
  return out;
}

/// One batch of so many entries to so many listeners, until it is in every socket.
void deliver_batch(benchmark::State& state) {
  const auto listeners = static_cast<std::size_t>(state.range(0));
  const auto entries = static_cast<std::uint32_t>(state.range(1));
  crowd people(listeners);
  people.listen();
  std::uint64_t next = 1, turns = 0;
  for (auto _ : state) {
    people.deliver(make_batch(next, entries));
    people.settle();
    next += entries;
    if (++turns % 32 == 0) {
      state.PauseTiming();
      people.drain();
      state.ResumeTiming();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(listeners * entries));
  state.counters["writes_per_batch"] =
      static_cast<double>(people.figures().writes - listeners) / static_cast<double>(state.iterations());
}
BENCHMARK(deliver_batch)->Args({100, 1})->Args({100, 10})->Args({1000, 1})->MeasureProcessCPUTime()->UseRealTime();

/// The floor: the same bytes to as many sockets, with a sendmsg each and nothing else.
void bare_sendmsg(benchmark::State& state) {
  const auto listeners = static_cast<std::size_t>(state.range(0));
  boost::asio::io_context context;
  tcp::acceptor door(context, {boost::asio::ip::address_v4::loopback(), 0}, true);
  std::vector<tcp::socket> servers, clients;
  for (std::size_t i = 0; i < listeners; ++i) {
    clients.emplace_back(context).connect(door.local_endpoint());
    servers.push_back(door.accept());
    servers.back().set_option(tcp::no_delay(true));
  }
  std::string bytes = make_batch(1, static_cast<std::uint32_t>(state.range(1)))->text[json].bytes;
  std::uint64_t turns = 0;
  for (auto _ : state) {
    for (auto& server : servers) {
      iovec part{bytes.data(), bytes.size()};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      benchmark::DoNotOptimize(::sendmsg(server.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT));
    }
    if (++turns % 32 == 0) {
      state.PauseTiming();
      for (auto& client : clients)
        while (::recv(client.native_handle(), nullptr, 1 << 20, MSG_DONTWAIT | MSG_TRUNC) > 0) {
        }
      state.ResumeTiming();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(listeners) * state.range(1));
}
BENCHMARK(bare_sendmsg)->Args({100, 1})->Args({100, 10})->Args({1000, 1})->MeasureProcessCPUTime()->UseRealTime();

/// Heap bytes of an idle websocket in a room of its own.
void idle_connection(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const std::size_t before = mallinfo2().uordblks;
    crowd people(size);
    people.listen();
    people.deliver(make_batch(1, 1));
    people.settle();
    const std::size_t after = mallinfo2().uordblks;
    state.counters["bytes_each"] = static_cast<double>(after - before) / static_cast<double>(size);
  }
}
BENCHMARK(idle_connection)->Arg(400)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace greenroom
