#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/options.hpp"
#include "bench/protocols/protocol.hpp"
#include "bench/tls.hpp"

namespace greenroom::bench {

/// Receives notice of deliveries.
class receiver {
 public:
  /// `now` is when the bytes were read; `id` is the author's own, where the server gives it back.
  virtual void delivered(std::uint32_t connection, std::string_view text, std::string_view id, std::uint64_t now) = 0;

 protected:
  ~receiver() = default;
};

/// All connections of a run, driven by one epoll loop. A connection that is lost is counted and left alone. A run that
/// cannot go on ends the program with a sentence on stderr.
class client final : private events {
 public:
  struct figures {
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t lost = 0;     ///< connections that ended after all had joined
    std::uint64_t refused = 0;  ///< what the server wouldn't do
    std::uint64_t last_ns = 0;  ///< when the last bytes came
  };

  client(const options& wanted, protocol& spoken, receiver& heard);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Makes all connections, and says how far it is where that takes long.
  void join_all();
  /// Makes this one, or makes it again.
  void connect(std::uint32_t connection);
  /// Ends it at once, as a network does: nothing is said.
  void cut(std::uint32_t connection);
  /// Where to append what the connection says next; `flush` writes it. Of a lost one it goes nowhere.
  std::string& out(std::uint32_t connection) { return sockets_[connection].out; }
  /// Writes what is queued, as far as the socket takes it; the rest when it takes more.
  void flush(std::uint32_t connection);
  /// Waits for sockets until then at most, and does what they ask for once.
  void poll(std::uint64_t until);
  /// Polls until nothing has come for so long, at most `most_s`.
  void settle(double quiet_s, double most_s);

  [[nodiscard]] const figures& counted() const { return counted_; }
  [[nodiscard]] bool is_joined(std::uint32_t connection) const { return sockets_[connection].joined; }
  [[nodiscard]] bool is_lost(std::uint32_t connection) const { return sockets_[connection].lost; }

 private:
  struct socket {
    int fd = -1;
    tls_end tls;  ///< null: plain TCP
    bool joined = false;
    bool lost = false;
    bool wants_write = false;
    std::string in;
    std::string out;
  };

  void watch(std::uint32_t id, bool write, bool added);
  void read(std::uint32_t id);
  void joined(std::uint32_t id) override;
  void lost(std::uint32_t id, std::string_view why) override;
  void refused(std::uint32_t id, std::string_view why) override;
  void delivered(std::uint32_t id, std::string_view text, std::string_view message_id) override;

  const options& wanted_;
  protocol& spoken_;
  receiver& heard_;
  std::vector<socket> sockets_;
  std::vector<char> buffer_;
  std::size_t joined_ = 0;
  std::size_t failed_ = 0;
  bool joining_ = true;
  int epoll_ = -1;
  figures counted_;
};

/// Says why on stderr and ends the program.
[[noreturn]] void give_up(const std::string& why);

}  // namespace greenroom::bench
