#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/options.hpp"

namespace greenroom::bench {

/// All websockets of a run, driven by one epoll loop. Who is joined has got 101 and stays until the end; a connection
/// that is lost is counted and left alone. A run that cannot go on ends the program with a sentence on stderr.
class client {
 public:
  /// Called for every text frame, with the connection and the time at which it was read.
  using handler = std::function<void(std::uint32_t connection, std::string_view frame, std::uint64_t now)>;

  struct figures {
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t lost = 0;     ///< connections that ended after all had joined
    std::uint64_t last_ns = 0;  ///< when the last bytes came
  };

  client(const options& wanted, handler on_frame);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Makes all connections.
  void join_all();
  /// Queues a text frame that consists of the two parts.
  void send(std::uint32_t connection, std::string_view verb, std::string_view text);
  /// Writes what is queued, as far as the socket takes it; the rest when it takes more.
  void flush(std::uint32_t connection);
  /// Waits for sockets until then at most, and does what they ask for once.
  void poll(std::uint64_t until);
  /// Polls until nothing has come for so long, at most `most_s`.
  void settle(double quiet_s, double most_s);

  [[nodiscard]] const figures& counted() const { return counted_; }
  [[nodiscard]] std::uint32_t room_of(std::uint32_t connection) const { return connection / wanted_.members; }

 private:
  struct socket {
    int fd = -1;
    bool upgraded = false;
    bool lost = false;
    bool wants_write = false;
    std::string in;
    std::string out;
  };

  void connect(std::uint32_t id);
  void request_upgrade(std::uint32_t id);
  void watch(std::uint32_t id, bool write, bool added);
  void lose(std::uint32_t id, std::string_view why);
  void read(std::uint32_t id);
  [[nodiscard]] std::size_t upgrade(std::uint32_t id, std::string_view bytes);
  [[nodiscard]] std::size_t frames(std::uint32_t id, std::string_view bytes);
  void frame(socket& to, unsigned opcode, std::string_view head, std::string_view tail);
  [[nodiscard]] std::string expanded(std::string text, std::uint32_t id) const;

  const options& wanted_;
  handler on_frame_;
  std::string run_;  ///< makes this run's names its own
  std::vector<std::string> tokens_;
  std::vector<socket> sockets_;
  std::vector<char> buffer_;
  std::size_t joined_ = 0;
  std::size_t failed_ = 0;
  bool joining_ = true;
  std::uint32_t mask_ = 2463534242U;
  int epoll_ = -1;
  figures counted_;
};

/// Says why on stderr and ends the program.
[[noreturn]] void give_up(const std::string& why);

}  // namespace greenroom::bench
