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
#include <fstream>
#include <utility>

#include "bench/clock.hpp"

namespace greenroom::bench {
namespace {

constexpr std::size_t buffer_bytes = 1 << 20;
constexpr std::uint64_t millisecond_ns = 1'000'000;

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

void replace_all(std::string& in, std::string_view what, const std::string& with) {
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size())) {
    in.replace(at, what.size(), with);
  }
}

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "greenroom-bench: %s\n", why.c_str());
  std::exit(1);
}

client::client(const options& wanted, handler on_frame)
    : wanted_(wanted), on_frame_(std::move(on_frame)), sockets_(wanted.connections()), buffer_(buffer_bytes) {
  raise_file_limit(sockets_.size() + 64);
  run_ = std::to_string(getpid());
  std::ifstream file(wanted.tokens);
  for (std::string line; std::getline(file, line);) tokens_.push_back(line);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
}

client::~client() {
  for (const socket& one : sockets_)
    if (one.fd >= 0) close(one.fd);
  close(epoll_);
}

std::string client::expanded(std::string text, std::uint32_t id) const {
  replace_all(text, "{room}", "r" + run_ + "-" + std::to_string(room_of(id)));
  replace_all(text, "{user}", "u" + run_ + "-" + std::to_string(id));
  replace_all(text, "{i}", std::to_string(id));
  if (!tokens_.empty()) replace_all(text, "{token}", tokens_[id % tokens_.size()]);
  return text;
}

void client::watch(std::uint32_t id, bool write, bool added) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  if (write) wanted.events |= EPOLLOUT;
  wanted.data.u32 = id;
  epoll_ctl(epoll_, added ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, sockets_[id].fd, &wanted);
  sockets_[id].wants_write = write;
}

void client::lose(std::uint32_t id, std::string_view why) {
  socket& one = sockets_[id];
  if (std::exchange(one.lost, true)) return;
  std::uint64_t seen = joining_ ? failed_++ : counted_.lost++;
  if (seen < 3) {
    std::fprintf(stderr, "greenroom-bench: connection %u lost: %.*s\n", id, static_cast<int>(why.size()), why.data());
  }
  if (one.fd >= 0) close(std::exchange(one.fd, -1));
}

// ---- joining

void client::connect(std::uint32_t id) {
  socket& one = sockets_[id];
  one.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one.fd < 0) return lose(id, std::strerror(errno));
  turn_on(one.fd, IPPROTO_TCP, TCP_NODELAY);
  turn_on(one.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  const linger leave_nothing{1, 0};  // no TIME_WAIT, or the next run has no ports
  setsockopt(one.fd, SOL_SOCKET, SO_LINGER, &leave_nothing, sizeof leave_nothing);
  const auto from = address_of(htonl(0x7f000002 + id % wanted_.addresses), 0);
  if (bind(one.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) return lose(id, std::strerror(errno));
  in_addr host{};
  if (inet_pton(AF_INET, wanted_.host.c_str(), &host) != 1) give_up("--host must be an IPv4 address");
  const auto to = address_of(host.s_addr, wanted_.port);
  if (::connect(one.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    return lose(id, std::strerror(errno));
  }
  request_upgrade(id);
  watch(id, true, true);
}

void client::request_upgrade(std::uint32_t id) {
  std::string& out = sockets_[id].out;
  out += "GET " + expanded(wanted_.path, id) + " HTTP/1.1\r\nHost: " + wanted_.host + ":" +
         std::to_string(wanted_.port) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const auto& header : wanted_.headers) out += expanded(header, id) + "\r\n";
  out += "\r\n";
}

std::size_t client::upgrade(std::uint32_t id, std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const auto head = bytes.substr(0, end);
  const bool accepted = head.substr(0, 13) == "HTTP/1.1 101 " &&
                        head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string_view::npos;  // RFC 6455, 1.3
  if (!accepted) {
    lose(id, head.substr(0, 60));
    return bytes.size();
  }
  sockets_[id].upgraded = true;
  ++joined_;
  return end + 4;
}

void client::join_all() {
  const auto limit = now_ns() + to_ns(wanted_.join_timeout_s);
  std::uint32_t begun = 0;
  while (joined_ + failed_ < sockets_.size() && now_ns() < limit) {
    while (begun < sockets_.size() && begun - joined_ - failed_ < wanted_.joining) connect(begun++);
    poll(now_ns() + 50 * millisecond_ns);
  }
  if (joined_ < sockets_.size()) {
    give_up("only " + std::to_string(joined_) + " of " + std::to_string(sockets_.size()) + " joined");
  }
  joining_ = false;
}

// ---- frames

void client::frame(socket& to, unsigned opcode, std::string_view head, std::string_view tail) {
  mask_ ^= mask_ << 13U;
  mask_ ^= mask_ >> 17U;
  mask_ ^= mask_ << 5U;
  std::array<char, 4> key{};
  std::memcpy(key.data(), &mask_, 4);
  const std::size_t size = head.size() + tail.size();
  to.out.push_back(static_cast<char>(0x80U | opcode));
  if (size < 126) {
    to.out.push_back(static_cast<char>(0x80U | size));
  } else {
    to.out.push_back(static_cast<char>(0x80U | 126U));
    to.out.push_back(static_cast<char>(size >> 8U));
    to.out.push_back(static_cast<char>(size & 0xFFU));
  }
  to.out.append(key.data(), key.size());
  const auto begin = to.out.size();
  to.out.append(head).append(tail);
  for (std::size_t i = 0; i < size; ++i) to.out[begin + i] = static_cast<char>(to.out[begin + i] ^ key[i & 3U]);
}

std::size_t client::frames(std::uint32_t id, std::string_view bytes) {
  constexpr unsigned text = 1, close_frame = 8, ping = 9, pong = 10;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  std::size_t at = 0;
  while (bytes.size() - at >= 2) {
    std::size_t head = 2, size = byte(at + 1) & 0x7FU;
    if (size >= 126) {
      const std::size_t digits = size == 126 ? 2 : 8;
      head += digits;
      if (bytes.size() - at < head) break;
      size = 0;
      for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte(at + i);
    }
    if (bytes.size() - at < head + size) break;
    const auto body = bytes.substr(at + head, size);
    switch (byte(at) & 0x0FU) {
      case text:
        on_frame_(id, body, counted_.last_ns);
        break;
      case close_frame:
        lose(id, "closed by the server");
        return bytes.size();
      case ping:
        frame(sockets_[id], pong, body, {});
        break;
      default:
        break;
    }
    at += head + size;
  }
  return at;
}

void client::read(std::uint32_t id) {
  socket& one = sockets_[id];
  const std::size_t kept = one.in.size();
  if (kept >= buffer_.size()) return lose(id, "a frame that is too big");
  std::memcpy(buffer_.data(), one.in.data(), kept);
  const ssize_t got = recv(one.fd, buffer_.data() + kept, buffer_.size() - kept, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lose(id, got == 0 ? "closed by the server" : std::strerror(errno));
  counted_.bytes += static_cast<std::uint64_t>(got);
  ++counted_.reads;
  counted_.last_ns = now_ns();
  const std::string_view bytes(buffer_.data(), kept + static_cast<std::size_t>(got));
  std::size_t used = one.upgraded ? 0 : upgrade(id, bytes);
  if (one.upgraded && !one.lost) used += frames(id, bytes.substr(used));
  if (one.lost) return;
  one.in.assign(bytes.substr(used));
  if (!one.out.empty()) flush(id);
}

void client::send(std::uint32_t connection, std::string_view verb, std::string_view text) {
  if (!sockets_[connection].lost) frame(sockets_[connection], 1, verb, text);
}

void client::flush(std::uint32_t connection) {
  socket& one = sockets_[connection];
  if (one.lost || one.out.empty()) return;
  const ssize_t sent = ::send(one.fd, one.out.data(), one.out.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) return lose(connection, std::strerror(errno));
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
