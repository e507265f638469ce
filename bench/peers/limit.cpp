// The least work that a broadcast over websockets can do on this kernel: the yardstick that ratios are given in.
//
// Greenroom's lines dialect: GET /room/ROOM with an upgrade, `SEND text` in, `FROM user text` out. A message is encoded
// once, as a frame, into its room's ring of bytes; a member is only an offset into that ring. After a batch of events
// each member that lags gets one sendmsg of all that it hasn't seen. What is left of a delivery's cost is the kernel's.
// Not a server: it checks no UTF-8, knows no users, fragments or timeouts, and drops who falls a whole ring behind.
//
// Usage: limit PORT

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t ring_bytes = 1 << 20;
constexpr std::size_t most_text = 2048;

struct connection;

struct room {
  std::unique_ptr<char[]> ring;
  std::uint64_t head = 0;  // bytes ever written
  bool dirty = false;
  std::vector<connection*> members;
};

struct connection {
  int fd = -1;
  bool waits = false;  // for the socket to take more
  room* in = nullptr;
  std::size_t place = 0;
  std::uint64_t seen = 0;  // of the room's bytes
  std::string user;
  std::string part;  // of a frame or a head
};

int epoll_fd = -1;
std::unordered_map<std::string, room> rooms;
std::vector<std::unique_ptr<connection>> connections;  // by descriptor
std::vector<room*> dirty_rooms;

void watch(const connection& who, int operation) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (who.waits) event.events |= EPOLLOUT;
  event.data.fd = who.fd;
  epoll_ctl(epoll_fd, operation, who.fd, &event);
}

void drop(connection& who) {
  if (room* left = who.in) {
    std::swap(left->members[who.place], left->members.back());
    left->members[who.place]->place = who.place;
    left->members.pop_back();
    if (left->members.empty()) left->ring.reset();
  }
  close(who.fd);
  connections[static_cast<std::size_t>(who.fd)].reset();
}

void put(room& to, const void* bytes, std::size_t count) {
  const std::size_t at = to.head % ring_bytes, first = std::min(count, ring_bytes - at);
  std::memcpy(&to.ring[at], bytes, first);
  std::memcpy(&to.ring[0], static_cast<const char*>(bytes) + first, count - first);
  to.head += count;
}

void broadcast(const connection& from, std::string_view text) {
  room& to = *from.in;
  if (!to.ring) to.ring = std::make_unique_for_overwrite<char[]>(ring_bytes);
  const std::size_t size = 5 + from.user.size() + 1 + text.size();
  std::array<unsigned char, 4> head{0x81, static_cast<unsigned char>(size), 0, 0};
  if (size >= 126) head = {0x81, 126, static_cast<unsigned char>(size >> 8U), static_cast<unsigned char>(size)};
  put(to, head.data(), size < 126 ? 2 : 4);
  put(to, "FROM ", 5);
  put(to, from.user.data(), from.user.size());
  put(to, " ", 1);
  put(to, text.data(), text.size());
  if (!std::exchange(to.dirty, true)) dirty_rooms.push_back(&to);
}

// False: the connection is gone.
bool push(connection& to) {
  const room& from = *to.in;
  std::uint64_t lag = from.head - to.seen;
  if (lag > ring_bytes) return drop(to), false;
  if (lag > 0) {
    const std::size_t at = to.seen % ring_bytes, first = std::min(lag, ring_bytes - at);
    std::array<iovec, 2> parts{iovec{&from.ring[at], first}, iovec{&from.ring[0], lag - first}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = lag > first ? 2 : 1;
    const ssize_t sent = sendmsg(to.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return drop(to), false;
    if (sent > 0) to.seen += static_cast<std::uint64_t>(sent), lag -= static_cast<std::uint64_t>(sent);
  }
  if ((lag > 0) != to.waits) {
    to.waits = lag > 0;
    watch(to, EPOLL_CTL_MOD);
  }
  return true;
}

std::string accept_of(std::string key) {
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 32> text{};
  EVP_EncodeBlock(text.data(), digest.data(), SHA_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(text.data());
}

std::string between(const std::string& in, std::string_view before, std::string_view after) {
  const auto at = in.find(before);
  if (at == std::string::npos) return {};
  const auto from = at + before.size();
  return in.substr(from, in.find(after, from) - from);
}

// Bytes used: none while the head isn't whole, -1 if it isn't an upgrade.
ssize_t upgrade(connection& who, std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::string head(bytes.substr(0, end + 2));
  const auto name = between(head, "GET /room/", " "), key = between(head, "\r\nSec-WebSocket-Key: ", "\r\n");
  if (name.empty() || key.empty()) return -1;
  const std::string reply =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      accept_of(key) + "\r\n\r\n";
  if (send(who.fd, reply.data(), reply.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(reply.size())) return -1;
  who.user = "load" + std::to_string(who.fd);
  who.in = &rooms[name];
  who.seen = who.in->head;
  who.place = who.in->members.size();
  who.in->members.push_back(&who);
  return static_cast<ssize_t>(end + 4);
}

// Bytes of whole frames, or -1.
ssize_t frames(const connection& who, char* bytes, std::size_t count) {
  std::size_t used = 0;
  while (count - used >= 6) {
    const auto* head = reinterpret_cast<const unsigned char*>(bytes + used);
    std::size_t size = head[1] & 0x7FU, head_size = 6;
    if ((head[1] & 0x80U) == 0) return -1;  // clients must mask
    if (size == 126) {
      if (count - used < 8) break;
      size = static_cast<std::size_t>(head[2]) << 8U | head[3], head_size = 8;
    }
    if (size > most_text) return -1;
    if (count - used < head_size + size) break;
    const char* key = bytes + used + head_size - 4;
    char* text = bytes + used + head_size;
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(text[i] ^ key[i & 3U]);
    const unsigned opcode = head[0] & 0x0FU;
    if (opcode == 8) return -1;
    const std::string_view said(text, size);
    if (opcode == 1 && said.starts_with("SEND ")) broadcast(who, said.substr(5));
    used += head_size + size;
  }
  return static_cast<ssize_t>(used);
}

void read(connection& who) {
  static std::array<char, 1 << 16> buffer;
  std::memcpy(buffer.data(), who.part.data(), who.part.size());
  const ssize_t got = recv(who.fd, buffer.data() + who.part.size(), buffer.size() - who.part.size(), 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return drop(who);
  const std::size_t count = who.part.size() + static_cast<std::size_t>(got);
  std::size_t used = 0;
  if (who.in == nullptr) {
    const ssize_t taken = upgrade(who, {buffer.data(), count});
    if (taken < 0) return drop(who);
    used = static_cast<std::size_t>(taken);
  }
  if (who.in != nullptr) {
    const ssize_t taken = frames(who, buffer.data() + used, count - used);
    if (taken < 0) return drop(who);
    used += static_cast<std::size_t>(taken);
  }
  if (count - used > buffer.size() / 2) return drop(who);
  who.part.assign(buffer.data() + used, count - used);
}

void accept_all(int listener) {
  for (int fd = 0; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const auto at = static_cast<std::size_t>(fd);
    if (connections.size() <= at) connections.resize(at + 1);
    connections[at] = std::make_unique<connection>();
    connections[at]->fd = fd;
    watch(*connections[at], EPOLL_CTL_ADD);
  }
}

void push_all() {
  for (room* one : dirty_rooms) {
    one->dirty = false;
    for (std::size_t i = one->members.size();
         i-- > 0;) {  // backwards: who is dropped is replaced by one already served
      if (!one->members[i]->waits) push(*one->members[i]);
    }
  }
  dirty_rooms.clear();
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || listen(listener, 4096) != 0) {
    std::perror("limit: listen");
    std::exit(1);
  }
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const int listener = listen_on(static_cast<std::uint16_t>(std::atoi(argc > 1 ? argv[1] : "9001")));
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    std::array<epoll_event, 512> ready{};
    const int count = epoll_wait(epoll_fd, ready.data(), static_cast<int>(ready.size()), -1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
      const int fd = ready[i].data.fd;
      if (fd == listener) {
        accept_all(listener);
        continue;
      }
      connection* who = connections[static_cast<std::size_t>(fd)].get();
      if (who == nullptr || ((ready[i].events & EPOLLOUT) != 0 && who->in != nullptr && !push(*who))) continue;
      if ((ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(*who);
    }
    push_all();
  }
}
