#include "net/http/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/ids.hpp"
#include "net/http/answer_text.hpp"

namespace greenroom::net::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using core::ec;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds sweep_every{1};

// Whether the server has closed a kept connection, or said something that nobody asked for.
bool is_stale(tcp::socket& socket) {
  char byte = 0;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool good_target(std::string_view path) {
  return !path.empty() && std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool same(std::string_view a, std::string_view b) { return core::compare_folded(a, b) == 0; }

std::string request_text(const call& what) {
  std::string text = what.method + ' ' + what.path + " HTTP/1.1\r\n";
  const auto is_host = [](const auto& field) { return same(field.first, "Host"); };
  if (std::none_of(what.fields.begin(), what.fields.end(), is_host)) {
    const bool v6 = what.to.host.find(':') != std::string::npos;
    append_field(text, "Host", (v6 ? '[' + what.to.host + ']' : what.to.host) + ':' + std::to_string(what.to.port));
  }
  for (const auto& [name, value] : what.fields)
    if (!same(name, "Content-Length") && !same(name, "Transfer-Encoding")) append_field(text, name, value);
  if (!what.body.empty() || what.method == "POST" || what.method == "PUT" || what.method == "PATCH")
    append_field(text, "Content-Length", std::to_string(what.body.size()));
  return text + "\r\n";
}

// Connects once, or fails; whichever comes first of success, failure and deadline.
class dial : public std::enable_shared_from_this<dial> {
 public:
  using callback = std::function<void(core::result<tcp::socket>)>;

  dial(asio::io_context& on, callback then) : resolver_(on), socket_(on), timer_(on), then_(std::move(then)) {}

  void start(const target& to, clock::time_point deadline) {
    timer_.expires_at(deadline);
    timer_.async_wait([self = shared_from_this()](error_code aborted) {
      if (!aborted) self->finish(ec::upstream_late);
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
                              if (wrong) return self->finish(ec::upstream_failed);
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
    if (wrong) return finish(ec::upstream_failed);
    socket_.set_option(tcp::no_delay{true}, wrong);
    finish(std::move(socket_));
  }

  void finish(core::result<tcp::socket> how) {
    if (!then_) return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    if (!how) socket_.close(ignored);
    std::exchange(then_, nullptr)(std::move(how));
  }

  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  callback then_;  // null once finished
};

}  // namespace

std::string_view response::header(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return same(field.first, name); });
  return found == fields.end() ? std::string_view{} : std::string_view{found->second};
}

// ---- kept connections: a slot's are touched on its thread only

struct client::shared : std::enable_shared_from_this<client::shared> {
  struct kept {
    tcp::socket socket;
    clock::time_point until;
  };
  struct slot_state {
    explicit slot_state(asio::io_context& on) : sweeper(on) {}
    std::map<target, std::deque<kept>> idle;  // oldest first
    asio::steady_timer sweeper;
    bool sweeping = false;
  };

  shared(io_pool& on, client_options chosen) : pool(on), options(chosen) {
    for (std::size_t i = 0; i < pool.size(); ++i) slots.push_back(std::make_unique<slot_state>(pool.context(i)));
  }

  std::optional<tcp::socket> take(std::size_t slot, const target& to) {
    const auto found = slots[slot]->idle.find(to);
    if (found == slots[slot]->idle.end()) return std::nullopt;
    while (!found->second.empty()) {
      kept newest = std::move(found->second.back());
      found->second.pop_back();
      if (clock::now() < newest.until && !is_stale(newest.socket)) return std::move(newest.socket);
    }
    return std::nullopt;
  }

  void keep(std::size_t slot, const target& to, tcp::socket socket) {
    if (closed.load(std::memory_order_relaxed)) return;
    auto& idle = slots[slot]->idle[to];
    if (idle.size() >= options.max_idle) return;
    idle.push_back({std::move(socket), clock::now() + options.idle_lifetime});
    sweep_later(slot);
  }

  void sweep_later(std::size_t slot) {
    if (std::exchange(slots[slot]->sweeping, true)) return;
    slots[slot]->sweeper.expires_after(sweep_every);
    slots[slot]->sweeper.async_wait([self = shared_from_this(), slot](error_code aborted) {
      self->slots[slot]->sweeping = false;
      if (!aborted) self->sweep(slot);
    });
  }

  void sweep(std::size_t slot) {
    auto& idle = slots[slot]->idle;
    const auto now = clock::now();
    for (auto& [to, connections] : idle)
      std::erase_if(connections, [now](const kept& one) { return one.until <= now; });
    std::erase_if(idle, [](const auto& of_target) { return of_target.second.empty(); });
    if (!idle.empty()) sweep_later(slot);
  }

  void close(std::size_t slot) {
    slots[slot]->idle.clear();
    slots[slot]->sweeper.cancel();
  }

  io_pool& pool;
  client_options options;
  std::vector<std::unique_ptr<slot_state>> slots;
  std::atomic<bool> closed{false};
};

namespace {

// One call, from a connection to its answer.
class running_call : public std::enable_shared_from_this<running_call> {
 public:
  running_call(std::shared_ptr<client::shared> common, std::size_t slot, call what, std::function<void(outcome)> then)
      : common_(std::move(common)),
        slot_(slot),
        what_(std::move(what)),
        then_(std::move(then)),
        deadline_(clock::now() + what_.deadline),
        timer_(common_->pool.context(slot)) {}

  void start() {
    if (!good_target(what_.path)) return finish(core::error{ec::bad_request, "the request target isn't one", 0});
    if (auto socket = common_->take(slot_, what_.to)) return begin(*std::move(socket));
    auto dialled = [self = shared_from_this()](core::result<tcp::socket> socket) {
      socket ? self->begin(*std::move(socket)) : self->finish(socket.why());
    };
    std::make_shared<dial>(common_->pool.context(slot_), std::move(dialled))->start(what_.to, deadline_);
  }

 private:
  void begin(tcp::socket socket) {
    socket_.emplace(std::move(socket));
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](error_code aborted) {
      if (!aborted) self->finish(ec::upstream_late);
    });
    head_ = request_text(what_);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(what_.body)};
    written_ = true;
    asio::async_write(*socket_, buffers, [self = shared_from_this()](error_code wrong, std::size_t count) {
      if (!self->then_) return;
      if (wrong && count == 0) self->written_ = false;
      wrong ? self->finish(ec::upstream_failed) : self->read();
    });
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(common_->options.answer_limit);
    if (what_.method == "HEAD") parser_->skip(true);
    beast_http::async_read(*socket_, buffer_, *parser_, [self = shared_from_this()](error_code wrong, std::size_t) {
      if (self->then_) self->has_read(wrong);
    });
  }

  void has_read(error_code wrong) {
    if (wrong) return finish(wrong == beast_http::error::body_limit ? ec::too_big : ec::upstream_failed);
    const unsigned status = parser_->get().result_int();
    if (status < 200) return status == 101 ? finish(ec::upstream_failed) : read();
    if (parser_->keep_alive() && buffer_.size() == 0)
      common_->keep(slot_, what_.to, *std::exchange(socket_, std::nullopt));
    response reply{status, {}, {}};
    auto message = parser_->release();
    for (const auto& field : message)
      reply.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
    reply.body = std::move(message.body());
    finish(std::move(reply));
  }

  void finish(core::result<response> how) {
    if (!then_) return;
    timer_.cancel();
    error_code ignored;
    if (socket_) socket_->close(ignored);
    std::exchange(then_, nullptr)({std::move(how), written_});
  }

  std::shared_ptr<client::shared> common_;
  std::size_t slot_;
  call what_;
  std::function<void(outcome)> then_;  // null once finished
  clock::time_point deadline_;
  asio::steady_timer timer_;
  std::optional<tcp::socket> socket_;
  std::string head_;
  bool written_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<beast_http::response_parser<beast_http::string_body>> parser_;
};

}  // namespace

client::client(io_pool& pool, client_options options) : shared_(std::make_shared<shared>(pool, options)) {}

client::~client() {
  shared_->closed = true;
  for (std::size_t slot = 0; slot < shared_->slots.size(); ++slot)
    asio::dispatch(shared_->pool.context(slot), [common = shared_, slot] { common->close(slot); });
}

void client::send(std::size_t slot, call what, std::function<void(outcome)> then) {
  auto started = std::make_shared<running_call>(shared_, slot, std::move(what), std::move(then));
  asio::dispatch(shared_->pool.context(slot), [started] { started->start(); });
}

void client::connect(std::size_t slot, target to, std::chrono::milliseconds deadline,
                     std::function<void(core::result<tcp::socket>)> then) {
  auto& context = shared_->pool.context(slot);
  auto started = std::make_shared<dial>(context, std::move(then));
  asio::dispatch(context,
                 [started, to = std::move(to), until = clock::now() + deadline] { started->start(to, until); });
}

}  // namespace greenroom::net::http
