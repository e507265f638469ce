#include "gateway/upgrade.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gateway/headers.hpp"
#include "net/http/answer_text.hpp"
#include "protocol/discovery_api.hpp"
#include "telemetry/log_sparse.hpp"

namespace greenroom::gateway {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using core::ec;

struct upgrades::shared {
  net::io_pool& pool;
  std::shared_ptr<upstreams> to;
  upgrade_options options;
  telemetry::metrics metrics;
  std::atomic<bool> stopped{false};
  std::atomic<std::size_t> open{0};
  std::vector<std::unordered_set<net::tunnel*>> by_slot;  // each is touched on its slot's thread only

  void take_in(std::size_t slot, net::tunnel* one, const upstreams::instance& at) {
    by_slot[slot].insert(one);
    open.fetch_add(1, std::memory_order_relaxed);
    metrics.tunnels.add();
    to->socket_opened(at);
  }
  void take_out(std::size_t slot, net::tunnel* one, const upstreams::instance& at) {
    by_slot[slot].erase(one);
    open.fetch_sub(1, std::memory_order_relaxed);
    metrics.tunnels.sub();
    to->socket_closed(at);
  }
};

namespace {

using net::http::append_field;

constexpr std::uint32_t answer_head_limit = 16 * 1024;
constexpr std::uint64_t answer_body_limit = 64 * 1024;
constexpr std::size_t read_size = 8 * 1024;

// The room that a websocket is for, as the path names it: `PREFIX/room/{room}`.
std::optional<core::room_id> room_of(std::string_view path, std::string_view prefix) {
  constexpr std::string_view rooms = "/room/";
  path.remove_prefix(std::min(prefix.size(), path.size()));
  if (!path.starts_with(rooms)) return std::nullopt;
  path.remove_prefix(rooms.size());
  if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
  return core::room_id{net::http::percent_decode(path)};
}

/// One websocket's handshake on its way.
class handshake : public std::enable_shared_from_this<handshake> {
 public:
  handshake(std::shared_ptr<upgrades::shared> common, upstream_role role, std::string_view prefix,
            net::http::exchange_ptr ask)
      : common_(std::move(common)),
        role_(role),
        room_(room_of(ask->path(), prefix)),
        ask_(std::move(ask)),
        timer_(ask_->context()) {
    const auto target = stripped_target(ask_->target(), prefix);
    request_ = "GET " + target + " HTTP/1.1\r\n";
    append_field(request_, "Connection", "Upgrade");
    append_field(request_, "Upgrade", "websocket");
    request_ += request_fields(*ask_, prefix, common_->options.secret, "GET", target).text();
  }

  void begin_instance() {
    at_ = common_->to->pick_for_socket(role_, room_, tried_);
    if (!at_) return refuse(last_);
    tried_.push_back(at_->life.name);
    tries_ = 0;
    connect();
  }

 private:
  using parser = beast_http::response_parser<beast_http::string_body>;

  void connect() {
    ++tries_;
    common_->to->client().connect(ask_->slot(), at_->at, common_->options.connect_deadline,
                                  [self = shared_from_this()](core::result<net::stream> connected) {
                                    connected ? self->connected(std::move(*connected))
                                              : self->not_connected(connected.code());
                                  });
  }

  void not_connected(ec why) {
    last_ = why == ec::upstream_late ? ec::upstream_late : ec::no_upstream;
    common_->to->failed(*at_);
    if (tries_ < tries_per_instance) {
      common_->to->again(*at_);
      return connect();
    }
    tried_.size() < instances_per_request ? begin_instance() : refuse(last_);
  }

  void connected(net::stream to) {
    upstream_.emplace(std::move(to));
    append_field(request_, "Host", protocol::address_text(at_->at.host, at_->at.port));
    request_ += "\r\n";
    timer_.expires_after(common_->options.answer_deadline);
    timer_.async_wait([self = shared_from_this()](error_code aborted) {
      if (aborted) return;
      self->late_ = true;
      self->upstream_->close();
    });
    parser_.emplace();
    parser_->header_limit(answer_head_limit);
    parser_->body_limit(answer_body_limit);
    parser_->eager(true);
    upstream_->async_write({asio::buffer(request_), {}}, [self = shared_from_this()](error_code wrong, std::size_t) {
      wrong ? self->cut() : self->read();
    });
  }

  void read() {
    upstream_->async_read_some(
        buffer_.prepare(read_size),
        [self = shared_from_this()](error_code wrong, std::size_t count) { self->has_read(wrong, count); });
  }

  void has_read(error_code wrong, std::size_t count) {
    buffer_.commit(count);
    if (late_ || (wrong && wrong != asio::error::eof)) return cut();
    const bool ended = wrong == asio::error::eof;
    wrong = {};
    while (buffer_.size() > 0 && !parser_->is_done()) {
      buffer_.consume(parser_->put(buffer_.data(), wrong));
      if (wrong == beast_http::error::need_more) break;
      if (wrong == beast_http::error::body_limit) return too_long();
      if (wrong) return cut();
    }
    wrong = {};
    // Beast wants to be asked only about an answer that has begun.
    if (ended && !parser_->is_done() && parser_->got_some()) parser_->put_eof(wrong);
    if (wrong || (ended && !parser_->is_done())) return cut();
    parser_->is_done() ? has_answer() : read();
  }

  void has_answer() {
    const unsigned status = parser_->get().result_int();
    if (status == 101) return switch_over();
    status < 200 ? cut() : pass_on();
  }

  // The instance is well: what was asked of it is what is too much.
  void too_long() {
    timer_.cancel();
    common_->to->succeeded(*at_);
    refuse(ec::upstream_failed);
  }

  void cut() {
    timer_.cancel();
    common_->to->failed(*at_);
    refuse(late_ ? ec::upstream_late : ec::upstream_failed);
  }

  [[nodiscard]] net::http::answer upstreams_answer() {
    net::http::field_list fields;
    for (const auto& field : parser_->get())
      fields.add({field.name_string().data(), field.name_string().size()},
                 {field.value().data(), field.value().size()});
    return passed_on(parser_->get().result_int(), fields, std::move(parser_->get().body()));
  }

  void pass_on() {
    timer_.cancel();
    common_->to->succeeded(*at_);
    common_->metrics.upstream_requests.with({"ok"}).add();
    ask_->send(upstreams_answer());
  }

  void switch_over() {
    timer_.cancel();
    common_->to->succeeded(*at_);
    common_->metrics.upstream_requests.with({"ok"}).add();
    std::string head = "HTTP/1.1 101 Switching Protocols\r\n";
    append_field(head, "Connection", "Upgrade");
    append_field(head, "Upgrade", "websocket");
    head += upstreams_answer().fields.text();
    append_field(head, "X-Request-Id", ask_->request_id());
    head += "\r\n";
    head.append(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    const std::size_t slot = ask_->slot();
    auto taken = ask_->take_socket();
    if (!taken || common_->stopped) return;
    const auto made = std::make_shared<net::tunnel>(
        std::move(taken->socket), std::move(*upstream_), std::move(taken->admitted), common_->options.tunnel,
        [common = common_, slot, at = *at_](net::tunnel* one) { common->take_out(slot, one, at); },
        common_->metrics.tunnel_bytes);
    common_->take_in(slot, made.get(), *at_);
    made->start(std::move(head), std::move(taken->read_ahead));
  }

  void refuse(ec why) {
    common_->metrics.upstream_requests.with({why == ec::upstream_late ? "timeout" : "failed"}).add();
    telemetry::log::write_sparsely(telemetry::log::level::warn, "upstream_upgrade_failed", core::to_string(why),
                                   {{"role", to_string(role_)}, {"request_id", ask_->request_id()}});
    ask_->problem({why, {}, 0});
  }

  std::shared_ptr<upgrades::shared> common_;
  upstream_role role_;
  std::optional<core::room_id> room_;
  net::http::exchange_ptr ask_;
  asio::steady_timer timer_;
  std::string request_;
  std::vector<core::node_name> tried_;
  std::optional<upstreams::instance> at_;
  unsigned tries_ = 0;
  ec last_ = ec::no_upstream;
  bool late_ = false;
  std::optional<net::stream> upstream_;
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
};

}  // namespace

upgrades::upgrades(net::io_pool& pool, std::shared_ptr<upstreams> to, upgrade_options options,
                   telemetry::metrics metrics)
    : shared_(new shared{pool, std::move(to), std::move(options), std::move(metrics), false, 0, {}}) {
  shared_->by_slot.resize(pool.size());
}

upgrades::~upgrades() { stop(); }

void upgrades::open(upstream_role role, std::string_view prefix, const net::http::exchange_ptr& ask) {
  std::make_shared<handshake>(shared_, role, prefix, ask)->begin_instance();
}

std::size_t upgrades::count() const noexcept { return shared_->open.load(std::memory_order_relaxed); }

void upgrades::stop() {
  if (shared_->stopped.exchange(true)) return;
  for (std::size_t slot = 0; slot < shared_->pool.size(); ++slot) {
    auto promise = std::make_shared<std::promise<void>>();
    auto done = promise->get_future();
    asio::dispatch(shared_->pool.context(slot), [common = shared_, slot, promise] {
      const auto open = common->by_slot[slot];  // a copy: they take themselves out
      for (net::tunnel* one : open) one->close();
      promise->set_value();
    });
    while (shared_->pool.running() && done.wait_for(std::chrono::milliseconds{10}) != std::future_status::ready) {
    }
  }
}

}  // namespace greenroom::gateway
