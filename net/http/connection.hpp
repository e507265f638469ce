#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/http/chunks.hpp"
#include "net/http/exchange.hpp"
#include "net/http/request_policy.hpp"
#include "net/http/server.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace greenroom::net::http {

class connection;

/// The most that a gateway may add to a head that it let in by the same limits: fields, and bytes.
inline constexpr std::size_t gateway_fields = 16;
inline constexpr std::size_t gateway_bytes = 2 * 1024;

/// The state that a server's connections share.
struct server::shared {
  io_pool& pool;
  handler handle;
  server_options options;
  std::atomic<tls_identity> tls{};  ///< the options' first one, or a newer one
  std::atomic<bool> draining{false};
  std::atomic<bool> stopped{false};
  std::atomic<std::size_t> open{0};
  std::vector<std::unordered_set<connection*>> by_slot{};  ///< each is touched on its slot's thread only
};

/// One HTTP connection, on its io thread alone. Alive as long as something is under way.
///
/// Under TLS a handshake comes first, for which it has the time of a head. Where a node of the cluster may speak TLS
/// and others don't, the first byte is looked at before that, for which it has the idle timeout.
/// A proxy that speaks the PROXY protocol comes first of all, with its header.
///
///   idle ──byte──► head ──empty line──► body ──all──► handling ──answer──► writing ──► idle
///    │ 3 s          │ 5 s, malformed     │ 10 s           │ 30 s: 503         │ close wanted
///    ▼              └────── 4xx, 5xx ────┴───────────────► writing ───────────►└► lingering ──EOF, 1 s──► closed
///  closed
class connection final : public answerer, public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<server::shared> common, accepted from);

  /// Begins to read. This and the following are called on the io thread.
  void start();
  /// Closes if idle; otherwise the answer under way is the last.
  void drain();
  /// Closes at once.
  void close();

  void send(std::shared_ptr<answerer> self, answer what) override;
  std::optional<upgraded> give_away(request head) override;
  void allow(std::chrono::milliseconds time) override;
  [[nodiscard]] bool is_abandoned() const override;

 private:
  using clock = std::chrono::steady_clock;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  enum class phase { proxied, handshake, idle, head, body, handling, writing, lingering, closed };

  void tell_tls_from_http();
  void shake_hands();
  void read_proxy_head();
  void read_proxy_rest(std::size_t size);
  void take_proxied();
  void refuse_proxied(const core::error& why);
  void begin();
  void read_more();
  void has_read(boost::system::error_code wrong, std::size_t count);
  void next_request();
  void read_head(clock::time_point now);
  void begin_body(std::size_t head_size, const accepted_head& head);
  void say_continue();
  void read_body();
  [[nodiscard]] std::string_view believed_secret() const noexcept;
  [[nodiscard]] core::ec take_body();
  void handle_request();
  void fail(core::ec why);
  void write(answer what);
  [[nodiscard]] bool count_body(const answer& what);
  void has_written(boost::system::error_code wrong);
  void linger();

  void set_deadline(clock::time_point when);
  void wait_for_bytes(clock::time_point whole);
  void arm_timer();
  void timed_out();
  void forget();

  std::shared_ptr<server::shared> common_;
  stream stream_;
  std::size_t slot_;
  boost::asio::ip::address peer_;
  admission admitted_;
  bool is_gateways_ = false;    // a request was signed by a gateway, so the connection isn't a client's
  bool client_secure_ = false;  // a proxy says that the client speaks TLS to it
  std::string proxy_header_;
  boost::asio::steady_timer timer_;
  clock::time_point deadline_{};  // the timer may be set to an earlier time, and then sets itself again
  bool timer_armed_ = false;
  phase phase_ = phase::handshake;

  boost::beast::flat_buffer buffer_;
  std::size_t scanned_ = 0;   // bytes of the buffer that were searched for the head's end
  std::size_t lingered_ = 0;  // bytes thrown away
  std::optional<parser> parser_;
  std::optional<chunk_reader> chunks_;  // of a chunked body, which Beast never sees
  clock::time_point phase_began_{};
  clock::time_point head_complete_{};
  bool keep_alive_ = false;
  bool head_only_ = false;
  std::weak_ptr<exchange> handled_;
  answer outgoing_;
  std::shared_ptr<void> counted_;  ///< keeps the body that is being written counted as unsent
  std::string outgoing_head_;
};

}  // namespace greenroom::net::http
