#include "bench/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "bench/clock.hpp"

namespace greenroom::bench {
namespace {

constexpr std::size_t buffer_bytes = 1 << 20;
constexpr std::uint64_t millisecond_ns = 1'000'000;
constexpr std::uint64_t progress_ns = 5 * second_ns;

void raise_file_limit(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) give_up("only " + std::to_string(limit.rlim_cur) + " open files are allowed");
}

void turn_on(int fd, int level, int option) {
  const int one = 1;
  setsockopt(fd, level, option, &one, sizeof one);
}

sockaddr_in address_of(std::uint32_t host, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = host;
  out.sin_port = htons(port);
  return out;
}

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "greenroom-bench: %s\n", why.c_str());
  std::exit(1);
}

client::client(const options& wanted, protocol& spoken, receiver& heard)
    : wanted_(wanted), spoken_(spoken), heard_(heard), sockets_(wanted.sockets()), buffer_(buffer_bytes) {
  raise_file_limit(sockets_.size() + 64);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
}

client::~client() {
  for (const socket& one : sockets_)
    if (one.fd >= 0) close(one.fd);
  close(epoll_);
}

void client::watch(std::uint32_t id, bool write, bool added) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  if (write) wanted.events |= EPOLLOUT;
  wanted.data.u32 = id;
  epoll_ctl(epoll_, added ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, sockets_[id].fd, &wanted);
  sockets_[id].wants_write = write;
}

// ---- events

void client::joined(std::uint32_t id) {
  if (!std::exchange(sockets_[id].joined, true)) ++joined_;
}

void client::lost(std::uint32_t id, std::string_view why) {
  socket& one = sockets_[id];
  if (std::exchange(one.lost, true)) return;
  const std::uint64_t seen = joining_ ? failed_++ : counted_.lost++;
  if (seen < 3) {
    std::fprintf(stderr, "greenroom-bench: connection %u lost: %.*s\n", id, static_cast<int>(why.size()), why.data());
  }
  if (one.fd >= 0) close(std::exchange(one.fd, -1));
}

void client::refused(std::uint32_t id, std::string_view why) {
  if (counted_.refused++ >= 3) return;
  std::fprintf(stderr, "greenroom-bench: connection %u refused: %.*s\n", id, static_cast<int>(why.size()), why.data());
}

void client::delivered(std::uint32_t id, std::string_view text, std::string_view message_id) {
  heard_.delivered(id, text, message_id, counted_.last_ns);
}

// ---- joining

void client::connect(std::uint32_t id) {
  socket& one = sockets_[id];
  one = {};
  one.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.fd < 0) return lost(id, std::strerror(errno));
  turn_on(one.fd, IPPROTO_TCP, TCP_NODELAY);
  turn_on(one.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  const linger leave_nothing{1, 0};  // no TIME_WAIT, or the next run has no ports
  setsockopt(one.fd, SOL_SOCKET, SO_LINGER, &leave_nothing, sizeof leave_nothing);
  const auto from = address_of(htonl(0x7f000002 + id % wanted_.addresses), 0);
  if (bind(one.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) return lost(id, std::strerror(errno));
  in_addr host{};
  if (inet_pton(AF_INET, wanted_.host.c_str(), &host) != 1) give_up("--host must be an IPv4 address");
  const auto to = address_of(host.s_addr, wanted_.port_of(id));
  if (::connect(one.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    return lost(id, std::strerror(errno));
  }
  if (wanted_.tls) one.tls = tls_over(one.fd);
  spoken_.open(id, one.out);
  watch(id, true, true);
}

void client::cut(std::uint32_t id) {
  socket& one = sockets_[id];
  if (one.fd >= 0) close(one.fd);
  one = {};
}

void client::join_all() {
  const auto begin = now_ns(), limit = begin + to_ns(wanted_.join_timeout_s);
  auto next_word = begin + progress_ns;
  std::uint32_t begun = 0;
  while (joined_ + failed_ < sockets_.size() && now_ns() < limit) {
    while (begun < sockets_.size() && begun - joined_ - failed_ < wanted_.joining) connect(begun++);
    poll(now_ns() + 50 * millisecond_ns);
    if (now_ns() < next_word) continue;
    next_word += progress_ns;
    std::fprintf(stderr, "greenroom-bench: %zu of %zu joined\n", joined_, sockets_.size());
  }
  if (joined_ < sockets_.size()) {
    give_up("only " + std::to_string(joined_) + " of " + std::to_string(sockets_.size()) + " joined");
  }
  joining_ = false;
}

// ---- bytes

void client::read(std::uint32_t id) {
  socket& one = sockets_[id];
  const std::size_t kept = one.in.size();
  if (kept >= buffer_.size()) return lost(id, "a frame that is too big");
  std::memcpy(buffer_.data(), one.in.data(), kept);
  char* const to = buffer_.data() + kept;
  const std::size_t room = buffer_.size() - kept;
  const ssize_t got = one.tls ? tls_receive(one.tls.get(), to, room) : recv(one.fd, to, room, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lost(id, got == 0 ? "closed by the server" : std::strerror(errno));
  if (wanted_.quick_ack) turn_on(one.fd, IPPROTO_TCP, TCP_QUICKACK);
  counted_.bytes += static_cast<std::uint64_t>(got);
  ++counted_.reads;
  counted_.last_ns = now_ns();
  const std::string_view bytes(buffer_.data(), kept + static_cast<std::size_t>(got));
  const std::size_t used = spoken_.read(id, bytes, one.out, *this);
  if (one.lost) return;
  one.in.assign(bytes.substr(used));
  if (!one.out.empty()) flush(id);
}

void client::flush(std::uint32_t connection) {
  socket& one = sockets_[connection];
  if (one.lost) return;
  const auto send_some = [&one] {
    return one.tls ? tls_send(one.tls.get(), one.out.data(), one.out.size())
                   : ::send(one.fd, one.out.data(), one.out.size(), MSG_NOSIGNAL);
  };
  const ssize_t sent = one.out.empty() ? 0 : send_some();
  if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) return lost(connection, std::strerror(errno));
  if (sent > 0) one.out.erase(0, static_cast<std::size_t>(sent));
  if (one.wants_write == one.out.empty()) watch(connection, !one.out.empty(), false);
}

void client::poll(std::uint64_t until) {
  std::array<epoll_event, 512> ready{};
  const std::uint64_t now = now_ns(), wait = until > now ? until - now : 0;
  const timespec most{static_cast<time_t>(wait / second_ns), static_cast<long>(wait % second_ns)};
  const int count = epoll_pwait2(epoll_, ready.data(), static_cast<int>(ready.size()), &most, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto& event = ready[static_cast<std::size_t>(i)];
    const std::uint32_t id = event.data.u32;
    if ((event.events & EPOLLOUT) != 0) flush(id);
    if (!sockets_[id].lost && (event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) read(id);
  }
}

void client::settle(double quiet_s, double most_s) {
  const auto limit = now_ns() + to_ns(most_s);
  counted_.last_ns = now_ns();
  while (now_ns() < limit && now_ns() - counted_.last_ns < to_ns(quiet_s)) poll(now_ns() + 20 * millisecond_ns);
}

}  // namespace greenroom::bench
