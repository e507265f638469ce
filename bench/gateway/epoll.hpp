#pragma once
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// The little that both ends of the gateway's measurement need of the kernel.
namespace greenroom::bench {

/// Ends the process with what the kernel said, where a call failed.
inline int must(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

inline sockaddr_in loopback(const char* port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

inline void no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// `mark` comes back with each event.
inline void watch(int epoll, int operation, int fd, std::uint32_t events, std::uint32_t mark) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = mark;
  must(epoll_ctl(epoll, operation, fd, &event), "epoll_ctl");
}

}  // namespace greenroom::bench
