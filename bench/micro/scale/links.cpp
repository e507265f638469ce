#include <poll.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "bench/micro/scale/scale.hpp"
#include "net/link.hpp"
#include "net/link_channel.hpp"

namespace greenroom::bench::scale {
namespace {

// A frame of CAF's protocol: its header of 32 bytes, and what it carries.
std::string frame(char operation, const std::string& payload) {
  std::string out(32, '\0');
  out[0] = operation;
  out[7] = static_cast<char>(payload.size());
  return out + payload;
}

using channels = std::vector<net::link_channel_ptr>;

// Keeps what CAF would have of each link: its channel.
class ends final : public net::link_owner {
 public:
  void link_up(net::link_ptr, net::link_channel_ptr channel) override {
    const std::lock_guard guard{lock_};
    channels_.push_back(std::move(channel));
    changed_.notify_all();
  }
  void link_down(const net::link_ptr&) override {}
  void dial_failed(std::uint64_t, const core::error& why) override {
    std::fprintf(stderr, "%s\n", why.text().c_str());
    std::exit(1);
  }
  void wait(std::size_t count) {
    std::unique_lock guard{lock_};
    changed_.wait(guard, [&] { return channels_.size() >= count; });
  }
  channels take(std::size_t count) {
    wait(count);
    const std::lock_guard guard{lock_};
    return std::move(channels_);
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  channels channels_;
};

struct end {
  net::io_pool pool{1};
  std::shared_ptr<ends> owner = std::make_shared<ends>();
  std::unique_ptr<net::links> all;

  explicit end(const char* name) {
    net::link_options options;
    options.silence = core::seconds{600};
    options.max_handshakes = 4096;
    auto made = net::links::make(pool, {"scale", {name}, {1}, "u", "c"}, {std::string(32, 's'), {}, {}, {}}, options,
                                 owner, {});
    if (!made || !(*made)->listen({boost::asio::ip::address_v4::loopback(), 0})) std::exit(1);
    all = std::move(*made);
    pool.start();
  }
  ~end() {
    all->stop();
    pool.stop();
  }
};

void write_all(const channels& to, const std::string& bytes) {
  for (const auto& one : to)
    if (one->write_some(bytes.data(), bytes.size()) != bytes.size()) std::exit(1);
}

void read_all(const channels& from, std::size_t bytes) {
  std::string into(bytes, '\0');
  for (const auto& one : from)
    for (std::size_t have = 0; have < bytes;) {
      const auto got = one->read_some(into.data(), bytes - have);
      if (!got) std::exit(1);
      have += *got;
      pollfd readable{one->socket(), POLLIN, 0};
      if (*got == 0 && ::poll(&readable, 1, 10'000) != 1) std::exit(1);
    }
}

// One beat each way on every link, as CAF sends them twice a second.
double cpu_of_beats(const channels& here, const channels& there, int rounds) {
  const std::string beat = frame(6, {});
  const double before = cpu_seconds();
  for (int i = 0; i < rounds; ++i) {
    write_all(here, beat);
    write_all(there, beat);
    read_all(here, beat.size());
    read_all(there, beat.size());
  }
  return (cpu_seconds() - before) / rounds;
}

}  // namespace

void links(std::size_t count) {
  end host("b"), guest("a");
  const double kib = resident_kib(), cpu = cpu_seconds();
  const double slab = proc_number("/proc/meminfo", "Slab:");
  for (std::size_t i = 0; i < count; ++i) {
    guest.all->dial(i + 1, "127.0.0.1", host.all->bound().port(), {"b"});
    if (i % 32 == 31) guest.owner->wait(i + 1);  // as nodes do, not all at one time
  }
  const channels here = guest.owner->take(count), there = host.owner->take(count);
  const auto each = static_cast<double>(count);
  std::printf("%zu links: %.2f ms of CPU each to make, both ends together\n", count,
              (cpu_seconds() - cpu) / each * 1e3);
  write_all(here, frame(1, "x") + frame(1, "x"));
  write_all(there, frame(0, "x"));
  read_all(there, 2 * 33);
  read_all(here, 33);
  std::printf("a link's end: %.0f KiB resident, %.1f KiB of the kernel's, 1 descriptor\n",
              (resident_kib() - kib) / each / 2, (proc_number("/proc/meminfo", "Slab:") - slab) / each / 2);
  const int rounds = 20;
  (void)cpu_of_beats(here, there, 2);
  const double round = cpu_of_beats(here, there, rounds);
  std::printf("a beat: %.1f us of CPU from one end's channel to the other's, both processes' parts together\n",
              round / each / 2 * 1e6);
}

}  // namespace greenroom::bench::scale
