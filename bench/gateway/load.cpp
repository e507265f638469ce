// Loads a proxy: each connection has one request, or one message in its tunnel, on its way at a time, and checks that
// what comes back is what must. Prints one line of JSON.
//
// Usage: greenroom-load http PORT PATH CONNECTIONS SECONDS
//        greenroom-load tunnel PORT PATH CONNECTIONS SECONDS BYTES

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "bench/gateway/epoll.hpp"

namespace {

using namespace greenroom::bench;
using clock_type = std::chrono::steady_clock;

struct connection {
  int fd = -1;
  std::string in;
  std::size_t wanted = 0;  // bytes of this answer that are still to come; 0: its head isn't here yet
  std::size_t unsent = 0;  // of this message
  bool tunnel = false;     // is open
};

struct counts {
  std::uint64_t answers = 0;
  std::uint64_t wrong = 0;
};

struct load {
  bool tunnels = false;
  std::string request;
  std::string message;
  int epoll = -1;
  std::vector<connection> all;
  counts seen;

  void send_request(connection& who) {
    const ssize_t sent = send(who.fd, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) fail(who);
  }
  void send_message(connection& who) {
    who.unsent = message.size();
    who.wanted = message.size();
    send_more(who);
  }
  void send_more(connection& who) {
    if (who.unsent == 0) return;
    const ssize_t sent =
        send(who.fd, message.data() + (message.size() - who.unsent), who.unsent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return fail(who);
    const bool waited = who.unsent < message.size();
    if (sent > 0) who.unsent -= static_cast<std::size_t>(sent);
    if (who.unsent > 0 || waited)
      watch(epoll, EPOLL_CTL_MOD, who.fd, who.unsent > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN,
            static_cast<std::uint32_t>(&who - all.data()));
  }
  void fail(connection& who) {
    ++seen.wrong;
    epoll_ctl(epoll, EPOLL_CTL_DEL, who.fd, nullptr);
  }

  void take_echo(connection& who, std::string_view bytes) {
    const std::size_t at = message.size() - who.wanted;
    if (bytes.size() > who.wanted || bytes != std::string_view(message).substr(at, bytes.size())) return fail(who);
    who.wanted -= bytes.size();
    if (who.wanted > 0) return;
    ++seen.answers;
    send_message(who);
  }

  void take_answer(connection& who, std::string_view bytes) {
    if (who.wanted == 0) {
      who.in += bytes;
      const std::size_t end = who.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const std::string_view head = std::string_view(who.in).substr(0, end + 2);
      if (tunnels) {
        if (!head.starts_with("HTTP/1.1 101") || who.in.size() != end + 4) return fail(who);
        who.tunnel = true;
        return send_message(who);
      }
      std::size_t length = head.find("\r\nContent-Length: ");
      if (length == std::string_view::npos) length = head.find("\r\ncontent-length: ");
      if (!head.starts_with("HTTP/1.1 200") || length == std::string_view::npos) return fail(who);
      const auto body = static_cast<std::size_t>(std::atol(who.in.c_str() + length + 18));
      const std::size_t here = who.in.size() - end - 4;
      if (here > body) return fail(who);
      who.in.clear();
      who.wanted = body - here;
    } else {
      if (bytes.size() > who.wanted) return fail(who);
      who.wanted -= bytes.size();
    }
    if (who.wanted > 0) return;
    ++seen.answers;
    send_request(who);
  }

  void event(connection& who, std::uint32_t events) {
    static std::array<char, 256 * 1024> buffer;
    if ((events & EPOLLOUT) != 0) send_more(who);
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
    const ssize_t count = recv(who.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return fail(who);
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    who.tunnel ? take_echo(who, bytes) : take_answer(who, bytes);
  }

  void run(clock_type::time_point until) {
    std::array<epoll_event, 256> events;
    while (clock_type::now() < until) {
      const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < ready; ++i)
        event(all[events[static_cast<std::size_t>(i)].data.u32], events[static_cast<std::size_t>(i)].events);
    }
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 6) return 2;
  load work;
  work.tunnels = std::string_view(arguments[1]) == "tunnel";
  if (work.tunnels && count < 7) return 2;
  work.request = "GET " + std::string(arguments[3]) + " HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: load\r\n";
  work.request += work.tunnels ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                               : "Accept: */*\r\n\r\n";
  if (work.tunnels)
    for (int i = 0; i < std::atoi(arguments[6]); ++i) work.message += static_cast<char>('a' + i * 7 % 26);
  work.epoll = must(epoll_create1(0), "epoll_create1");
  work.all.resize(static_cast<std::size_t>(std::atoi(arguments[4])));
  const sockaddr_in at = loopback(arguments[2]);
  for (std::size_t i = 0; i < work.all.size(); ++i) {
    auto& who = work.all[i];
    who.fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(who.fd, reinterpret_cast<const sockaddr*>(&at), sizeof at), "connect");
    no_delay(who.fd);
    watch(work.epoll, EPOLL_CTL_ADD, who.fd, EPOLLIN, static_cast<std::uint32_t>(i));
    work.send_request(who);
  }
  const auto began = clock_type::now();
  work.run(began + std::chrono::seconds(std::atoi(arguments[5])));
  const std::chrono::duration<double> took = clock_type::now() - began;
  std::printf("{\"answers\":%llu,\"wrong\":%llu,\"seconds\":%.3f}\n",
              static_cast<unsigned long long>(work.seen.answers), static_cast<unsigned long long>(work.seen.wrong),
              took.count());
  return 0;
}
