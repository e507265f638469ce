#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports.hpp"
#include "core/result.hpp"
#include "net/http/forwarded.hpp"
#include "net/http/proxies.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"

namespace greenroom::net::http {

/// A request as Beast has it.
using request = boost::beast::http::request<boost::beast::http::string_body>;

/// The answer to a request.
struct answer {
  unsigned status = 200;
  std::string content_type{};  ///< empty: no such field
  field_list fields{};         ///< control characters in values are taken out
  std::string body{};
  std::shared_ptr<const std::string> shared_body{};  ///< in place of `body`, without a copy
  std::string client{};  ///< the client whose unsent bytes include a long body, as `limit_key` has it; empty: none
};

/// A connection that ceases to be HTTP: a websocket's, or a tunnel's.
struct upgraded {
  stream socket;           ///< on the context of `slot`
  std::string read_ahead;  ///< bytes after the request that were read already
  request head;            ///< the request, for Beast's handshake
  std::size_t slot = 0;
  admission admitted;  ///< keeps the connection counted: to be kept with the socket
};

/// The connection, as its exchange sees it.
class answerer {
 public:
  virtual ~answerer() = default;
  /// Sends the one answer. Thread safe. `self` is this: the caller lets go of the connection with that, for by the
  /// time that the call returns the client may have the answer, and everything the connection depends on may be gone.
  virtual void send(std::shared_ptr<answerer> self, answer what) = 0;
  /// Gives the connection away; nothing if it is closed. On the io thread.
  virtual std::optional<upgraded> give_away(request head) = 0;
  /// Allows this much time for the answer, from now on. On the io thread.
  virtual void allow(std::chrono::milliseconds) {}
  /// Whether the client has closed, or said that it sends no more. On the io thread.
  [[nodiscard]] virtual bool is_abandoned() const { return false; }
};

/// One request and its one answer. The request may be read by any one thread at a time. Answers may come from any
/// thread; the first counts. A request whose last pointer goes without an answer is answered with 500.
class exchange {
 public:
  /// The place where a request came in.
  struct place {
    boost::asio::io_context* context = nullptr;
    std::size_t slot = 0;
    boost::asio::ip::address peer;
    std::string_view forwarded_secret;     ///< whose signature on `X-Forwarded-*` counts; empty: nobody's. Read at
                                           ///< once only
    bool secure = false;                   ///< came over TLS
    const proxy_trust* proxies = nullptr;  ///< believed about clients; null: none. Read at once only
  };

  exchange(request what, place where, std::shared_ptr<answerer> to);
  ~exchange();
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  // ---- the request

  [[nodiscard]] std::string_view method() const noexcept;
  /// The request target as it came: path and query, still percent-encoded.
  [[nodiscard]] std::string_view target() const noexcept;
  /// The target without its query, still percent-encoded.
  [[nodiscard]] std::string_view path() const noexcept;
  /// The query of the target, without its question mark, still percent-encoded; empty where there is none.
  [[nodiscard]] std::string_view query() const noexcept;
  /// The first query parameter of that name, decoded.
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
  /// The first field of that name, without regard to case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::string_view body() const noexcept;
  /// Whether a list field of that name, on any of its lines, has that token, without regard to case (RFC 9110 sections
  /// 5.3, 5.6.1).
  [[nodiscard]] bool lists(std::string_view name, std::string_view token) const;
  /// Whether the body's media type is `application/json`, whatever its parameters.
  [[nodiscard]] bool has_json() const;
  /// Whether the body is coded, as by gzip (RFC 9110 section 8.4): nothing here decodes one.
  [[nodiscard]] bool has_coded_body() const;
  /// Whether the client asks for a websocket (RFC 6455 section 4.2.1), in HTTP/1.1 (RFC 9110 section 7.8).
  [[nodiscard]] bool wants_websocket() const;
  /// The token of `Authorization: Bearer` (RFC 6750 section 2.1), if there is a well-formed one.
  [[nodiscard]] std::optional<std::string_view> bearer() const;
  /// The whole request.
  [[nodiscard]] const request& raw() const noexcept { return request_; }
  /// A parameter of the route's pattern, decoded; empty if the pattern has none of that name.
  [[nodiscard]] std::string_view param(std::string_view name) const;
  /// For `routes`: the values of the pattern's parameters.
  void set_params(std::vector<std::pair<std::string, std::string>> params) { params_ = std::move(params); }

  /// The client's own `X-Request-Id` if it is 1 to 64 of `[A-Za-z0-9._-]`, else a new one.
  [[nodiscard]] const std::string& request_id() const noexcept { return request_id_; }
  /// Client's address, host, scheme and prefix: as a gateway signed them, else as a trusted proxy says, else as they
  /// are here.
  [[nodiscard]] const forwarded& origin() const noexcept { return origin_; }
  /// Whether a gateway vouches for `origin`, and has counted the request already in the class that `origin` names.
  [[nodiscard]] bool was_forwarded() const noexcept { return was_forwarded_; }
  /// Notes that the request was counted here in `which`: a gateway tells the next hop. By the thread that handles it.
  void count_as(core::limit_class which) noexcept { origin_.counted = which; }
  /// The one place that knows the client's address.
  [[nodiscard]] const std::string& client_address() const noexcept { return origin_.client; }
  /// The key by which rate limits count this client.
  [[nodiscard]] std::string limit_key() const;

  /// For a gateway that knows the token from elsewhere: from now on the request has it as `bearer`, and no cookies.
  /// By the thread that handles it, before anybody else reads the request.
  void use_bearer(std::string_view token);

  /// Allows this much time for the answer, from now on, in place of the server's own. On the io thread.
  void allow(std::chrono::milliseconds time);
  /// Whether nobody waits for the answer any more: the client has closed, or said that it sends no more. On the io
  /// thread.
  [[nodiscard]] bool is_abandoned() const;

  [[nodiscard]] std::size_t slot() const noexcept { return place_.slot; }
  [[nodiscard]] boost::asio::io_context& context() const noexcept { return *place_.context; }

  // ---- the answer: the first call counts, later ones do nothing

  /// Adds a field to any answer that follows; by the thread that will answer.
  void set(std::string_view name, std::string_view value) { extra_.add(name, value); }
  /// JSON text.
  void json(unsigned status, std::string body);
  /// Plain text, or another media type.
  void text(unsigned status, std::string body, std::string content_type = "text/plain; charset=utf-8");
  /// No body.
  void empty(unsigned status);
  /// RFC 9457. 401 brings `WWW-Authenticate`, 429 and 503 `Retry-After` of at least 1.
  void problem(const core::error& why);
  /// 429 with `Retry-After`, and `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has
  /// them.
  void refuse(core::limit_class which, const core::limit_verdict& verdict);
  /// Adds those two fields to the answer; does nothing without a quota.
  void set_limit_fields(core::limit_class which, const core::limit_verdict& verdict);
  /// Anything else; the default fields are added.
  void send(answer what);
  /// The connection itself, instead of an answer; nothing if it was answered or closed meanwhile. On the io thread.
  [[nodiscard]] std::optional<upgraded> take_socket();
  /// For the server: 503, because no answer came in time; from any thread, even while the handler still runs.
  void expire();
  [[nodiscard]] bool answered() const noexcept { return answered_.load(std::memory_order_acquire); }

 private:
  [[nodiscard]] answer problem_answer(const core::error& why) const;
  void hand_over(answer what);
  [[nodiscard]] bool claim() noexcept { return !answered_.exchange(true, std::memory_order_acq_rel); }

  request request_;
  place place_;
  std::shared_ptr<answerer> to_;
  const std::weak_ptr<answerer> line_;  // the same, for as long as it is there: another thread may take `to_`
  boost::asio::ip::address client_;
  std::string request_id_;
  forwarded origin_;
  bool was_forwarded_ = false;
  std::vector<std::pair<std::string, std::string>> params_;
  field_list extra_;
  std::atomic<bool> answered_{false};
};

using exchange_ptr = std::shared_ptr<exchange>;

/// 16 random hexadecimal digits, to find a request again in logs.
[[nodiscard]] std::string new_request_id();

}  // namespace greenroom::net::http
