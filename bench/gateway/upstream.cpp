// What the proxies bring requests to: a fixed answer with a body of 200 bytes for every request, and an echo for every
// upgrade. Reads no more of a request than where it ends, and trusts that it has no body.
//
// Usage: greenroom-upstream PORT

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/gateway/epoll.hpp"

namespace {

using namespace greenroom::bench;

struct connection {
  std::string in;
  std::string out;
  bool echoes = false;
};

std::vector<std::unique_ptr<connection>> connections;  // by descriptor
int events_fd = -1;

const std::string& answer() {
  static const std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{\"" + std::string(190, 'x') +
      "\":true}\n";
  return text;
}

constexpr std::string_view switching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

void drop(int fd) {
  close(fd);
  connections[static_cast<std::size_t>(fd)].reset();
}

// False where it is gone.
bool flush(int fd, connection& who) {
  if (who.out.empty()) return true;
  const ssize_t sent = send(fd, who.out.data(), who.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return false;
  if (sent > 0) who.out.erase(0, static_cast<std::size_t>(sent));
  // While something waits, nothing is read.
  watch(events_fd, EPOLL_CTL_MOD, fd, who.out.empty() ? EPOLLIN : EPOLLOUT, static_cast<std::uint32_t>(fd));
  return true;
}

void take(connection& who, std::string_view bytes) {
  if (who.echoes) {
    who.out += bytes;
    return;
  }
  who.in += bytes;
  std::size_t end = 0;
  while (!who.echoes && (end = who.in.find("\r\n\r\n")) != std::string::npos) {
    const std::string_view head = std::string_view(who.in).substr(0, end);
    for (const std::string_view field : {"\r\nUpgrade: websocket", "\r\nupgrade: websocket"})
      who.echoes = who.echoes || head.find(field) != std::string_view::npos;
    who.out += who.echoes ? switching : std::string_view(answer());
    who.in.erase(0, end + 4);
  }
  if (who.echoes) who.out += std::exchange(who.in, {});
}

void serve(int fd, std::uint32_t events) {
  static std::array<char, 256 * 1024> buffer;
  connection& who = *connections[static_cast<std::size_t>(fd)];
  if ((events & EPOLLOUT) != 0 && !flush(fd, who)) return drop(fd);
  if ((events & ~std::uint32_t{EPOLLOUT}) == 0) return;
  const ssize_t count = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count == 0 || (count < 0 && errno != EAGAIN)) return drop(fd);
  if (count < 0) return;
  take(who, {buffer.data(), static_cast<std::size_t>(count)});
  const ssize_t sent = send(fd, who.out.data(), who.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(who.out.size())) return who.out.clear();
  if (sent > 0) who.out.erase(0, static_cast<std::size_t>(sent));
  if (!flush(fd, who)) drop(fd);
}

void accept_one(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) return;
  no_delay(fd);
  if (connections.size() <= static_cast<std::size_t>(fd)) connections.resize(static_cast<std::size_t>(fd) + 64);
  connections[static_cast<std::size_t>(fd)] = std::make_unique<connection>();
  watch(events_fd, EPOLL_CTL_ADD, fd, EPOLLIN, static_cast<std::uint32_t>(fd));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const int listener = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in at = loopback(arguments[1]);
  must(bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind");
  must(listen(listener, 1024), "listen");
  events_fd = must(epoll_create1(0), "epoll_create1");
  watch(events_fd, EPOLL_CTL_ADD, listener, EPOLLIN, static_cast<std::uint32_t>(listener));
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready = epoll_wait(events_fd, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const auto& one = events[static_cast<std::size_t>(i)];
      const auto fd = static_cast<int>(one.data.u32);
      fd == listener ? accept_one(listener) : serve(fd, one.events);
    }
  }
}
