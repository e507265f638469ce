#include "net/link_greeting.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>

#include <concepts>
#include <utility>

#include "net/link_watch.hpp"

namespace greenroom::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

// A step's handler: keeps this alive, and does nothing once it ended.
template <class Then>
auto link_greeting::then(Then next) {
  return [ self = shared_from_this(), next = std::move(next) ]<class... More>(
      const error_code& wrong,
      const More&... more) requires std::invocable<const Then&, link_greeting&, const error_code&, const More&...> {
    if (!self->ended_) next(*self, wrong, more...);
  };
}

template <class Then>
void link_greeting::send(std::string_view bytes, Then next) {
  stream_->async_write({asio::buffer(bytes), {}},
                       then([next](link_greeting& self, const error_code& wrong, std::size_t) {
                         wrong ? self.fail_hello(wrong) : next(self);
                       }));
}

template <class Then>
void link_greeting::receive(std::size_t size, Then next) {
  bytes_.resize(size);
  receive_rest(0, next);
}

template <class Then>
void link_greeting::receive_rest(std::size_t have, Then next) {
  if (have == bytes_.size()) return next(*this);
  stream_->async_read_some(asio::buffer(bytes_) + have,
                           then([have, next](link_greeting& self, const error_code& wrong, std::size_t got) {
                             wrong ? self.fail_hello(wrong) : self.receive_rest(have + got, next);
                           }));
}

link_greeting::link_greeting(std::shared_ptr<link_common> common, std::size_t slot, tcp_socket socket,
                             std::optional<link_dial> dial, admission admitted)
    : common_(std::move(common)),
      slot_(slot),
      socket_(std::move(socket)),
      dial_(std::move(dial)),
      admitted_(std::move(admitted)),
      deadline_(common_->pool.context(slot)),
      resolver_(common_->pool.context(slot)) {}

void link_greeting::accept(const std::shared_ptr<link_common>& common, accepted from) {
  auto made = std::make_shared<link_greeting>(common, from.slot, std::move(from.socket), std::nullopt,
                                              std::move(from.admitted));
  made->peer_ = from.peer;
  made->connected_ = true;
  if (!common->add(made, true)) return;
  made->begin();
  made->shake_hands();
}

void link_greeting::dial(const std::shared_ptr<link_common>& common, link_dial dial) {
  const std::size_t slot = common->pool.next_slot();
  asio::post(common->pool.context(slot), [common, slot, dial = std::move(dial)]() mutable {
    auto made = std::make_shared<link_greeting>(common, slot, tcp_socket{common->pool.context(slot)}, std::move(dial),
                                                admission{});
    if (!common->add(made, false)) return made->fail({}, "this node stops");
    made->begin();
    made->resolve();
  });
}

void link_greeting::cut(link_cut why) {
  asio::post(deadline_.get_executor(), [self = shared_from_this(), why] {
    if (why == link_cut::busy) return self->fail("busy", "too many handshakes at one time");
    self->fail({}, "this node stops");
  });
}

void link_greeting::begin() {
  deadline_.expires_after(common_->options.handshake_deadline);
  deadline_.async_wait(then([](link_greeting& self, const error_code& aborted) {
    if (aborted) return;
    self.fail(self.connected_ ? "late" : "", self.connected_ ? "the handshake took too long" : "no connection in time");
  }));
}

void link_greeting::resolve() {
  error_code no_address;
  const auto address = asio::ip::make_address(dial_->host, no_address);
  if (!no_address) return connect(endpoints::create(tcp::endpoint{address, dial_->port}, dial_->host, {}));
  resolver_.async_resolve(dial_->host, std::to_string(dial_->port), tcp::resolver::numeric_service,
                          then([](link_greeting& self, const error_code& wrong, const endpoints& found) {
                            if (wrong) return self.fail({}, "the name is not known: " + wrong.message());
                            self.connect(found);
                          }));
}

void link_greeting::connect(const endpoints& found) {
  asio::async_connect(socket_, found, then([](link_greeting& self, const error_code& wrong, const tcp::endpoint& at) {
                        if (wrong) return self.fail({}, "no connection: " + wrong.message());
                        self.peer_ = at;
                        self.connected_ = true;
                        error_code ignored;
                        self.socket_.set_option(tcp::no_delay{true}, ignored);
                        self.shake_hands();
                      }));
}

void link_greeting::shake_hands() {
  stream_.emplace(std::move(socket_), common_->peers->identity(), dial_ ? stream::side::client : stream::side::server);
  stream_->async_handshake(then([](link_greeting& self, const error_code& wrong) { self.shaken(wrong); }));
}

void link_greeting::shaken(error_code wrong) {
  if (wrong)
    return fail("tls",
                wrong.message() + (common_->peers->by_certificate() ? "" : " (have both nodes the same secret?)"));
  if (!common_->peers->is_peer(stream_->tls().native(), {})) return fail("tls", "it did not use the secret");
  send_hello();
}

void link_greeting::send_hello() {
  send(common_->hello, [](link_greeting& self) { self.read_head(); });
}

void link_greeting::read_head() {
  receive(link_hello::head_size, [](link_greeting& self) {
    const link_hello::head head = link_hello::read_head(self.bytes_);
    if (head.wrong == link_hello::fault::version)
      return self.fail("version", "it speaks no version that this node speaks");
    if (head.wrong != link_hello::fault::none) return self.fail("hello", "it sent no hello");
    self.receive(head.rest, [](link_greeting& then) { then.judge(then.bytes_); });
  });
}

void link_greeting::judge(std::string_view rest) {
  auto peer = link_hello::read_rest(rest);
  if (!peer) return fail("hello", "its hello is malformed");
  const auto fault = link_hello::judge(common_->self, *peer, dial_ ? dial_->expected : core::node_name{});
  if (fault == link_hello::fault::cluster) return fail("cluster", "it is of the cluster " + peer->cluster);
  if (fault == link_hello::fault::name) return fail("name", "it is the node " + peer->node.value);
  const auto named = std::string_view{peer->node.value}.substr(0, peer->node.value.find('/'));
  if (!common_->peers->is_peer(stream_->tls().native(), named))
    return fail("name", "it says that it is the node " + peer->node.value + ", but its certificate doesn't");
  says_ = std::move(*peer);
  send_welcome();
}

void link_greeting::send_welcome() {
  send({&link_hello::welcome, 1}, [](link_greeting& self) { self.read_welcome(); });
}

void link_greeting::read_welcome() {
  receive(1, [](link_greeting& self) {
    if (self.bytes_[0] != link_hello::welcome) return self.fail("hello", "it sent no welcome");
    self.succeed();
  });
}

void link_greeting::succeed() {
  ended_ = true;
  deadline_.cancel();
  const auto up =
      std::make_shared<link_watch>(common_, slot_, std::move(says_), dial_.has_value(), std::move(admitted_));
  core::status started = common_->add(up, false) ? up->start(std::move(*stream_)) : core::status{core::ec::draining};
  common_->remove(this);
  if (started || !dial_) return;
  if (const auto owner = common_->owner.lock()) owner->dial_failed(dial_->which, started.why());
}

void link_greeting::fail(std::string_view reason, const std::string& why) {
  if (std::exchange(ended_, true)) return;
  common_->remove(this);
  deadline_.cancel();
  resolver_.cancel();
  // Counted first: an observer of the cut finds it counted.
  if (!reason.empty()) common_->refused(reason, peer_text(), why);
  error_code ignored;
  stream_ ? stream_->close() : static_cast<void>(socket_.close(ignored));
  if (!dial_) return;
  if (const auto owner = common_->owner.lock())
    owner->dial_failed(dial_->which, {core::ec::unavailable, "no link with " + peer_text() + ": " + why, 0});
}

void link_greeting::fail_hello(const error_code& wrong) {
  // In TLS 1.3 the dialling end learns only now whether the other end accepted its certificate.
  if (wrong.category() == asio::error::get_ssl_category()) return fail("tls", wrong.message());
  fail("hello", "it closed the connection (its log says why): " + wrong.message());
}

std::string link_greeting::peer_text() const {
  if (dial_) return dial_->host + ":" + std::to_string(dial_->port);
  return peer_.address().to_string() + ":" + std::to_string(peer_.port());
}

}  // namespace greenroom::net
