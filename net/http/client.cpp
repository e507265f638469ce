#include "net/http/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/text.hpp"
#include "net/peer_tls.hpp"
#include "net/stream.hpp"
#include "telemetry/log.hpp"

namespace greenroom::net::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using core::ec;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds sweep_every{1};
// Whether the server has closed a kept connection, or sent something without a request.
bool is_stale(tcp_socket& socket) {
  char byte = 0;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool good_target(std::string_view path) {
  return !path.empty() && std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

void write_request(std::string& text, const call& what, const target& to) {
  text.clear();
  text.append(what.method).append(" ").append(what.path).append(" HTTP/1.1\r\n");
  if (what.bare || !what.fields.find("Host")) {
    const bool v6 = to.host.find(':') != std::string::npos;
    append_field(text, "Host", (v6 ? '[' + to.host + ']' : to.host) + ':' + std::to_string(to.port));
  }
  if (what.bare) text.append(what.fields.text());
  for (auto field = what.fields.begin(); !what.bare && field != what.fields.end(); ++field)
    if (!core::equal_folded(field->first, "Content-Length") && !core::equal_folded(field->first, "Transfer-Encoding"))
      text.append(field.line());
  if (!what.body.empty() || what.method == "POST" || what.method == "PUT" || what.method == "PATCH")
    append_field(text, "Content-Length", std::to_string(what.body.size()));
  text += "\r\n";
}

// Connects once, and shakes hands where the target is a node, or fails; ends with the first of success, failure and
// deadline.
class dial : public std::enable_shared_from_this<dial> {
 public:
  using callback = std::function<void(core::result<stream>)>;

  dial(asio::io_context& on, std::shared_ptr<const peer_tls> peers, callback then)
      : peers_(std::move(peers)), resolver_(on), socket_(on), timer_(on), then_(std::move(then)) {}

  void start(const target& to, clock::time_point deadline) {
    node_ = to.node;
    timer_.expires_at(deadline);
    timer_.async_wait([self = shared_from_this()](error_code aborted) {
      if (!aborted) self->fail(ec::upstream_late);
    });
    error_code not_numeric;
    const auto address = asio::ip::make_address(to.host, not_numeric);
    if (!not_numeric) {
      socket_.async_connect({address, to.port},
                            [self = shared_from_this()](error_code wrong) { self->connected(wrong); });
      return;
    }
    resolver_.async_resolve(to.host, std::to_string(to.port),
                            [self = shared_from_this()](error_code wrong, const tcp::resolver::results_type& found) {
                              if (wrong) return self->fail(ec::upstream_failed);
                              if (self->then_) self->connect_to(found);
                            });
  }

 private:
  void connect_to(const tcp::resolver::results_type& found) {
    asio::async_connect(socket_, found, [self = shared_from_this()](error_code wrong, const tcp::endpoint&) {
      self->connected(wrong);
    });
  }

  void connected(error_code wrong) {
    if (!then_) return;
    if (wrong || (!node_.empty() && !peers_)) return fail(ec::upstream_failed);
    socket_.set_option(tcp::no_delay{true}, wrong);
    stream_.emplace(std::move(socket_), node_.empty() ? nullptr : peers_->identity(), stream::side::client);
    stream_->async_handshake([self = shared_from_this()](error_code failed) { self->shaken(failed); });
  }

  void shaken(error_code wrong) {
    if (!then_) return;
    const bool is_it = !wrong && (node_.empty() || peers_->is_peer(stream_->tls().native(), node_));
    if (!is_it) {
      const auto why = wrong ? wrong.message() : std::string("it doesn't show that it is this node");
      telemetry::log::warn("upstream_is_no_peer", {{"peer", node_}, {"why", why}});
      return fail(ec::upstream_failed);
    }
    timer_.cancel();
    std::exchange(then_, nullptr)(std::move(*stream_));
  }

  void fail(ec why) {
    if (!then_) return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    stream_ ? stream_->close() : static_cast<void>(socket_.close(ignored));
    std::exchange(then_, nullptr)(why);
  }

  const std::shared_ptr<const peer_tls> peers_;
  std::string node_;
  tcp::resolver resolver_;
  tcp_socket socket_;
  std::optional<stream> stream_;
  asio::steady_timer timer_;
  callback then_;  // null once finished
};

}  // namespace

std::string_view response::header(std::string_view name) const {
  return fields.find(name).value_or(std::string_view{});
}

// ---- kept connections: a slot's are touched on its thread only

struct client::shared : std::enable_shared_from_this<client::shared> {
  struct kept {
    std::shared_ptr<conversation> connection;
    clock::time_point until;
  };
  struct slot_state {
    explicit slot_state(asio::io_context& on) : sweeper(on) {}
    std::map<target, std::deque<kept>> idle;  // oldest first
    asio::steady_timer sweeper;
    bool sweeping = false;
  };

  shared(io_pool& on, client_options chosen) : pool(on), options(std::move(chosen)) {
    for (std::size_t i = 0; i < pool.size(); ++i) slots.push_back(std::make_unique<slot_state>(pool.context(i)));
  }

  // Null where no good one is kept.
  std::shared_ptr<conversation> take(std::size_t slot, const target& to, clock::time_point now);
  void keep(std::size_t slot, const target& to, std::shared_ptr<conversation> one);
  void sweep_later(std::size_t slot);
  void sweep(std::size_t slot);
  void close(std::size_t slot);

  io_pool& pool;
  client_options options;
  std::vector<std::unique_ptr<slot_state>> slots;
  std::atomic<bool> closed{false};
};

// ---- connections: a slot's are touched on its thread only

/// One connection to a server, and the call that is under way on it.
///
///     new ──dialled──► writing ──all──► reading ──whole answer──► kept ──next call──► writing
///      └───────────────┴────────────────┴── deadline, error, no keep-alive ──► closed
class client::conversation : public std::enable_shared_from_this<conversation> {
 public:
  conversation(asio::io_context& on, std::size_t slot, target to)
      : context_(on), slot_(slot), to_(std::move(to)), timer_(on) {}

  void ask(std::shared_ptr<shared> common, std::shared_ptr<const call> what, clock::time_point deadline,
           std::function<void(outcome)> then) {
    common_ = std::move(common);
    what_ = std::move(what);
    then_ = std::move(then);
    written_ = false;
    if (!good_target(what_->path)) return finish(core::error{ec::bad_request, "the request target isn't one", 0});
    stream_ ? write(deadline) : dial_first(deadline);
  }

  [[nodiscard]] bool is_stale() { return http::is_stale(stream_->socket()); }
  void close() {
    timer_.cancel();
    if (stream_) stream_->close();
  }

 private:
  using parser = beast_http::response_parser<beast_http::string_body>;

  void dial_first(clock::time_point deadline) {
    auto dialled = [self = shared_from_this(), deadline](core::result<stream> made) {
      if (!made) return self->finish(made.why());
      self->stream_.emplace(std::move(*made));
      self->write(deadline);
    };
    std::make_shared<dial>(context_, common_->options.peers, std::move(dialled))->start(to_, deadline);
  }

  void write(clock::time_point deadline) {
    deadline_ = deadline;
    if (!timer_armed_ || deadline < timer_.expiry()) arm_timer();
    write_request(head_, *what_, to_);
    written_ = true;
    stream_->async_write({asio::buffer(head_), asio::buffer(what_->body)},
                         [self = shared_from_this()](error_code wrong, std::size_t count) {
                           if (!self->then_) return;
                           if (wrong && count == 0) self->written_ = false;
                           wrong ? self->finish(ec::upstream_failed) : self->begin_answer();
                         });
  }

  // Reads after the handlers that are ready now: by then the answer may be here. A read at once would find nothing.
  void begin_answer() {
    next_answer();
    asio::post(context_, [self = shared_from_this()] {
      if (self->then_) self->read();
    });
  }

  void next_answer() {
    parser_.emplace();
    parser_->body_limit(common_->options.answer_limit);
    parser_->eager(true);
    if (what_->method == "HEAD") parser_->skip(true);
  }

  void read() {
    stream_->async_read_some(
        buffer_.prepare(read_size),
        [self = shared_from_this()](error_code wrong, std::size_t count) { self->has_read(wrong, count); });
  }

  void has_read(error_code wrong, std::size_t count) {
    if (!then_) return;
    buffer_.commit(count);
    if (wrong && wrong != asio::error::eof) return finish(ec::upstream_failed);
    const bool ended = wrong == asio::error::eof;
    wrong = {};
    while (buffer_.size() > 0 && !parser_->is_done()) {
      buffer_.consume(parser_->put(buffer_.data(), wrong));
      if (wrong == beast_http::error::need_more) break;
      if (wrong) return finish(wrong == beast_http::error::body_limit ? ec::too_big : ec::upstream_failed);
      if (parser_->is_done() && parser_->get().result_int() < 200) {
        if (parser_->get().result_int() == 101) return finish(ec::upstream_failed);
        next_answer();
      }
    }
    if (parser_->is_done()) return has_answer();
    if (!ended) return read();
    // Beast may be asked only about an answer that has begun.
    wrong = {};
    if (parser_->got_some()) parser_->put_eof(wrong);
    !wrong && parser_->is_done() ? has_answer() : finish(ec::upstream_failed);
  }

  void has_answer() {
    const bool keep = parser_->keep_alive() && buffer_.size() == 0;
    auto message = parser_->release();
    parser_.reset();
    response reply{message.result_int(), {}, std::move(message.body())};
    reply.fields.reserve(512);
    for (const auto& field : message)
      reply.fields.add({field.name_string().data(), field.name_string().size()},
                       {field.value().data(), field.value().size()});
    finish(std::move(reply), keep);
  }

  void arm_timer() {
    timer_armed_ = true;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](error_code aborted) {
      if (aborted) return;
      self->timer_armed_ = false;
      if (!self->then_) return;
      clock::now() < self->deadline_ ? self->arm_timer() : self->finish(ec::upstream_late);
    });
  }

  void finish(core::result<response> how, bool keep = false) {
    if (!then_) return;
    const auto then = std::exchange(then_, nullptr);
    const auto common = std::exchange(common_, nullptr);
    what_.reset();
    if (keep)
      common->keep(slot_, to_, shared_from_this());
    else
      close();
    then({std::move(how), written_});
  }

  static constexpr std::size_t read_size = 8 * 1024;

  asio::io_context& context_;
  std::size_t slot_;
  target to_;
  std::optional<stream> stream_;
  asio::steady_timer timer_;  // may be set to an earlier time; then sets itself again
  bool timer_armed_ = false;
  clock::time_point deadline_{};
  std::shared_ptr<shared> common_;  // only while a call is under way, for it keeps the connections
  std::shared_ptr<const call> what_;
  std::function<void(outcome)> then_;  // null while none is under way
  std::string head_;
  bool written_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
};

std::shared_ptr<client::conversation> client::shared::take(std::size_t slot, const target& to, clock::time_point now) {
  const auto found = slots[slot]->idle.find(to);
  if (found == slots[slot]->idle.end()) return nullptr;
  while (!found->second.empty()) {
    const kept newest = std::move(found->second.back());
    found->second.pop_back();
    if (now < newest.until && !newest.connection->is_stale()) return newest.connection;
    newest.connection->close();
  }
  return nullptr;
}

void client::shared::keep(std::size_t slot, const target& to, std::shared_ptr<conversation> one) {
  if (closed.load(std::memory_order_relaxed)) return one->close();
  auto& idle = slots[slot]->idle[to];
  if (idle.size() >= options.max_idle) return one->close();
  idle.push_back({std::move(one), clock::now() + options.idle_lifetime});
  sweep_later(slot);
}

void client::shared::sweep_later(std::size_t slot) {
  if (std::exchange(slots[slot]->sweeping, true)) return;
  slots[slot]->sweeper.expires_after(sweep_every);
  slots[slot]->sweeper.async_wait([self = shared_from_this(), slot](error_code aborted) {
    self->slots[slot]->sweeping = false;
    if (!aborted) self->sweep(slot);
  });
}

void client::shared::sweep(std::size_t slot) {
  auto& idle = slots[slot]->idle;
  const auto now = clock::now();
  for (auto& [to, connections] : idle) {
    while (!connections.empty() && connections.front().until <= now) {
      connections.front().connection->close();
      connections.pop_front();
    }
  }
  std::erase_if(idle, [](const auto& of_target) { return of_target.second.empty(); });
  if (!idle.empty()) sweep_later(slot);
}

void client::shared::close(std::size_t slot) {
  for (auto& [to, connections] : slots[slot]->idle)
    for (auto& one : connections) one.connection->close();
  slots[slot]->idle.clear();
  slots[slot]->sweeper.cancel();
}

client::client(io_pool& pool, client_options options) : shared_(std::make_shared<shared>(pool, std::move(options))) {}

client::~client() {
  shared_->closed = true;
  for (std::size_t slot = 0; slot < shared_->slots.size(); ++slot)
    asio::dispatch(shared_->pool.context(slot), [common = shared_, slot] { common->close(slot); });
}

void client::send(std::size_t slot, call what, std::function<void(outcome)> then) {
  auto shared_call = std::make_shared<const call>(std::move(what));
  auto to = shared_call->to;
  const auto deadline = shared_call->deadline;
  send(slot, std::move(shared_call), std::move(to), deadline, std::move(then));
}

void client::send(std::size_t slot, std::shared_ptr<const call> what, target to, std::chrono::milliseconds deadline,
                  std::function<void(outcome)> then) {
  asio::dispatch(shared_->pool.context(slot), [common = shared_, slot, what = std::move(what), to = std::move(to),
                                               deadline, then = std::move(then)]() mutable {
    const auto now = clock::now();
    auto by = common->take(slot, to, now);
    if (!by) by = std::make_shared<conversation>(common->pool.context(slot), slot, std::move(to));
    by->ask(std::move(common), std::move(what), now + deadline, std::move(then));
  });
}

}  // namespace greenroom::net::http
