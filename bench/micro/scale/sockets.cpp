#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/micro/scale/scale.hpp"

namespace greenroom::bench::scale {
namespace {

int must(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

double available_kib() { return proc_number("/proc/meminfo", "MemAvailable:"); }
double slab_kib() { return proc_number("/proc/meminfo", "Slab:"); }

}  // namespace

void sockets(std::size_t count) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int door = must(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  must(::bind(door, reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind");
  socklen_t size = sizeof at;
  ::getsockname(door, reinterpret_cast<sockaddr*>(&at), &size);
  must(::listen(door, 4096), "listen");
  const int events = must(::epoll_create1(0), "epoll_create1");
  std::vector<int> all;
  const double slab = slab_kib(), available = available_kib();
  for (std::size_t i = 0; i < count; ++i) {
    const int client = must(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(::connect(client, reinterpret_cast<const sockaddr*>(&at), sizeof at), "connect");
    const int server = must(::accept(door, nullptr, nullptr), "accept");
    for (const int fd : {client, server}) {
      epoll_event event{};
      event.events = EPOLLIN | EPOLLET;
      must(::epoll_ctl(events, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
      all.push_back(fd);
      // One message each way, read: what it took must be given back.
      char bytes[100]{};
      if (::send(fd, bytes, sizeof bytes, 0) < 0) std::exit(1);
    }
    char bytes[100];
    if (::recv(client, bytes, sizeof bytes, 0) <= 0 || ::recv(server, bytes, sizeof bytes, 0) <= 0) std::exit(1);
  }
  const auto ends = static_cast<double>(all.size());
  std::printf(
      "%zu idle connections over loopback, both ends here: %.2f KiB of slab an end, %.2f KiB less available an "
      "end\n",
      count, (slab_kib() - slab) / ends, (available - available_kib()) / ends);
  for (const int fd : all) ::close(fd);
  ::close(events);
  ::close(door);
}

}  // namespace greenroom::bench::scale
