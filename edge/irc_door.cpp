#include "edge/irc_door.hpp"

#include <utility>

#include "edge/irc_arrivals.hpp"
#include "edge/irc_hello.hpp"
#include "protocol/irc/receipt.hpp"
#include "telemetry/log.hpp"

namespace greenroom::edge {
namespace {

namespace log = telemetry::log;

// The words that a client's socket says by itself.
class irc_words final : public net::line_words {
 public:
  irc_words(std::string server, irc_counts counts) : server_(std::move(server)), counts_(std::move(counts)) {}
  // Without a reason all is said already.
  [[nodiscard]] std::string goodbye(core::ec why, std::string_view reason) const override {
    using enum core::ec;
    counts_.ended(why);
    if (why == none && reason.empty()) return {};
    if (why == idle) reason = "Ping timeout";
    if (why == too_slow) reason = "You are too slow";
    if (why == draining) reason = "Server restarts, come back";
    if (why == invalid_token) reason = "Signed out";
    return "ERROR :" + std::string(reason) + "\r\n";
  }
  [[nodiscard]] std::string endless() const override {
    counts_.ended(core::ec::too_big);
    return "ERROR :A line was too long\r\n";
  }
  [[nodiscard]] std::string ping() const override { return "PING :" + server_ + "\r\n"; }
  [[nodiscard]] std::string check(core::mono_time at) const override {
    return "PING :" + protocol::irc::receipt_token(at) + "\r\n";
  }

 private:
  std::string server_;
  irc_counts counts_;
};

}  // namespace

irc_door::irc_door(irc_door_deps deps, irc_settings settings)
    : shared_(std::make_shared<irc_arrivals>(std::move(deps), std::move(settings))) {
  shared_->words = std::make_shared<irc_words>(shared_->settings.face.name, shared_->metrics);
}

irc_door::~irc_door() { stop(); }

core::status irc_door::read_again() {
  const auto& settings = shared_->settings;
  if (!settings.tls_listen) return core::done{};
  auto identity = net::plain_identity(settings.tls_cert, settings.tls_key);
  if (!identity) return identity.why();
  shared_->identity.store(std::move(*identity));
  return core::done{};
}

core::status irc_door::listen() {
  const auto& settings = shared_->settings;
  if (settings.tls_listen) {
    if (auto read = read_again(); !read) return read;
    if (auto bound = listen_at(*settings.tls_listen, true, secure_); !bound) return bound;
  }
  if (!settings.listen) return core::done{};
  auto bound = listen_at(*settings.listen, false, plain_);
  if (bound || !settings.may_be_taken) return bound;
  log::warn("irc_off", {{"why", bound.why().text()}});
  plain_.reset();
  return core::done{};
}

core::status irc_door::listen_at(const boost::asio::ip::tcp::endpoint& at, bool secure,
                                 std::unique_ptr<net::listener>& into) {
  auto& pool = shared_->deps.hub->pool();
  into = std::make_unique<net::listener>(pool, shared_->settings.caps, [shared = shared_, secure](net::accepted from) {
    auto& context = shared->deps.hub->pool().context(from.slot);
    std::make_shared<irc_hello>(context, std::move(from), secure ? shared->identity.load() : nullptr,
                                shared->settings.proxies,
                                [shared](irc_hello::guest guest) { shared->take(std::move(guest)); })
        ->begin();
  });
  return into->listen(at);
}

void irc_door::tick() { shared_->tick(); }

void irc_door::stop() {
  if (plain_) plain_->stop();
  if (secure_) secure_->stop();
}

void irc_door::drain() {
  stop();
  shared_->drain();
}

void irc_door::take(const net::http::exchange_ptr& ask, irc_subprotocol how, std::optional<actors::admitted> grant) {
  shared_->take(ask, how, std::move(grant));
}

std::optional<irc_subprotocol> irc_subprotocol_of(std::string_view name) noexcept {
  if (name == "text.ircv3.net") return irc_subprotocol{"text.ircv3.net", false};
  if (name == "binary.ircv3.net") return irc_subprotocol{"binary.ircv3.net", true};
  return std::nullopt;
}

}  // namespace greenroom::edge
