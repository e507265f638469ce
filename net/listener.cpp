#include "net/listener.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <mutex>
#include <utility>

#include "core/tally.hpp"
#include "core/text.hpp"
#include "telemetry/log_sparse.hpp"

namespace greenroom::net {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_without_descriptors{100};

// The lowest descriptor that is kept from clients. The kernel gives the lowest that is free: so one above this says
// that all below are taken, by clients or others, and those that are left are kept for other things.
int first_kept_descriptor(std::size_t kept) {
  rlimit allowed{};
  constexpr auto all = static_cast<rlim_t>(std::numeric_limits<int>::max());
  if (kept == 0 || ::getrlimit(RLIMIT_NOFILE, &allowed) != 0 || allowed.rlim_cur > all)
    return std::numeric_limits<int>::max();
  return static_cast<int>(allowed.rlim_cur - std::min<rlim_t>(kept, allowed.rlim_cur / 2));
}

bool out_of_descriptors(const error_code& wrong) {
  return wrong == boost::system::errc::too_many_files_open ||
         wrong == boost::system::errc::too_many_files_open_in_system || wrong == asio::error::no_memory ||
         wrong == asio::error::no_buffer_space;
}

core::error cannot_listen(const tcp::endpoint& at, const error_code& wrong) {
  return {core::ec::unavailable,
          "cannot listen on " + at.address().to_string() + ":" + std::to_string(at.port()) + ": " + wrong.message(), 0};
}

}  // namespace

core::result<tcp::endpoint> parse_endpoint(std::string_view text) {
  const core::error wrong{core::ec::bad_request, "an address is ADDR:PORT, with a numeric ADDR", 0};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  error_code not_address;
  const auto address = asio::ip::make_address(std::string(host), not_address);
  const auto port = core::number_from<std::uint16_t>(text.substr(colon + 1));
  if (not_address || !port || address.is_v6() != bracketed) return wrong;
  return tcp::endpoint{address, *port};
}

std::string address_text(const asio::ip::address& address) {
  if (!address.is_v4()) return address.to_string();
  std::array<char, 16> text;
  char* to = text.data();
  for (const unsigned char part : address.to_v4().to_bytes()) {
    to = std::to_chars(to, text.data() + text.size(), static_cast<unsigned>(part)).ptr;
    *to++ = '.';
  }
  return {text.data(), static_cast<std::size_t>(to - text.data() - 1)};
}

bool is_loopback(const asio::ip::address& address) noexcept {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

std::string address_key(const asio::ip::address& address) {
  if (address.is_v4()) return address_text(address);
  if (address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6{bytes}.to_string() + "/64";
}

// Counts connections; lives until the last admission is gone.
class listener::head_count : public std::enable_shared_from_this<listener::head_count> {
 public:
  explicit head_count(connection_caps caps) : caps_(std::move(caps)) {}

  // Returns an admission to keep, or null and the cap that is exceeded.
  std::shared_ptr<admission::seat> admit(const asio::ip::address& address, std::string_view& over) {
    std::string key = caps_.uncounted.contains(address) ? std::string{} : key_of(address);
    {
      const std::lock_guard hold{lock_};
      if (total_ >= caps_.total) {
        over = "total";
        return nullptr;
      }
      if (!take(key)) {
        over = "per_address";
        return nullptr;
      }
      ++total_;
    }
    return std::make_shared<place>(shared_from_this(), std::move(key));
  }

  std::size_t total() const {
    const std::lock_guard hold{lock_};
    return total_;
  }

 private:
  class place final : public admission::seat {
   public:
    place(std::shared_ptr<head_count> among, std::string key) : among_(std::move(among)), key_(std::move(key)) {}
    ~place() override {
      const std::lock_guard hold{among_->lock_};
      --among_->total_;
      among_->release(key_);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

    bool count_as(const std::optional<asio::ip::address>& address) override {
      std::string key = address ? among_->key_of(*address) : std::string{};
      const std::lock_guard hold{among_->lock_};
      if (key == key_) return true;
      if (!among_->take(key)) return false;
      among_->release(std::exchange(key_, std::move(key)));
      return true;
    }

   private:
    std::shared_ptr<head_count> among_;
    std::string key_;  // empty: not counted by address
  };

  std::string key_of(const asio::ip::address& address) const {
    return caps_.count_loopback || !is_loopback(address) ? address_key(address) : std::string{};
  }

  bool take(const std::string& key) { return key.empty() || by_address_.add(key, caps_.per_address); }

  void release(const std::string& key) {
    if (!key.empty()) by_address_.remove(key);
  }

  connection_caps caps_;
  mutable std::mutex lock_;
  std::size_t total_ = 0;
  core::tally<std::string> by_address_;
};

// The acceptor lives on the context of slot 0 and is touched only there once it accepts.
struct listener::door : std::enable_shared_from_this<listener::door> {
  door(io_pool& on, connection_caps caps, acceptor then)
      : pool(on),
        acceptor_socket(on.context(0)),
        pause(on.context(0)),
        accept(std::move(then)),
        first_kept(first_kept_descriptor(caps.descriptors_kept)),
        count(std::make_shared<head_count>(std::move(caps))) {}

  void accept_next() {
    const std::size_t slot = pool.next_slot();
    acceptor_socket.async_accept(pool.context(slot),
                                 [self = shared_from_this(), slot](error_code wrong, tcp_socket socket) {
                                   self->accepted_one(wrong, std::move(socket), slot);
                                 });
  }

  void accepted_one(error_code wrong, tcp_socket socket, std::size_t slot) {
    if (!acceptor_socket.is_open() || wrong == asio::error::operation_aborted) return;
    if (out_of_descriptors(wrong)) {
      telemetry::log::write_sparsely(telemetry::log::level::warn, "accept_paused", "descriptors",
                                     {{"what", wrong.message()}});
      pause.expires_after(pause_without_descriptors);
      pause.async_wait([self = shared_from_this()](error_code aborted) {
        if (!aborted && self->acceptor_socket.is_open()) self->accept_next();
      });
      return;
    }
    if (!wrong) hand_over(std::move(socket), slot);
    accept_next();
  }

  void hand_over(tcp_socket socket, std::size_t slot) {
    error_code wrong;
    const tcp::endpoint peer = socket.remote_endpoint(wrong);
    if (wrong) return;
    std::string_view over = "descriptors";
    std::shared_ptr<admission::seat> counted;
    if (socket.native_handle() < first_kept) counted = count->admit(peer.address(), over);
    if (!counted) {
      telemetry::log::write_sparsely(telemetry::log::level::warn, "connection_refused", over,
                                     {{"peer", address_text(peer.address())}});
      return;
    }
    socket.set_option(tcp::no_delay{true}, wrong);
    asio::dispatch(pool.context(slot), [self = shared_from_this(), counted = std::move(counted), slot, peer,
                                        socket = std::move(socket)]() mutable {
      self->accept({std::move(socket), slot, peer, admission{std::move(counted)}});
    });
  }

  io_pool& pool;
  tcp::acceptor acceptor_socket;
  asio::steady_timer pause;
  acceptor accept;
  const int first_kept;
  std::shared_ptr<head_count> count;
};

listener::listener(io_pool& pool, connection_caps caps, acceptor accept)
    : pool_(pool), door_(std::make_shared<door>(pool, std::move(caps), std::move(accept))) {}

listener::~listener() { stop(); }

core::status listener::listen(const tcp::endpoint& at) {
  error_code wrong;
  tcp::acceptor& socket = door_->acceptor_socket;
  const auto step = [&](auto&& action) {
    if (!wrong) action();
  };
  step([&] { socket.open(at.protocol(), wrong); });
  step([&] { socket.set_option(tcp::acceptor::reuse_address{true}, wrong); });
  step([&] { socket.bind(at, wrong); });
  step([&] { socket.listen(backlog, wrong); });
  step([&] { bound_ = socket.local_endpoint(wrong); });
  if (wrong) {
    error_code ignored;
    socket.close(ignored);
    return cannot_listen(at, wrong);
  }
  asio::post(pool_.context(0), [self = door_] { self->accept_next(); });
  return core::done{};
}

void listener::stop() {
  asio::dispatch(pool_.context(0), [self = door_] {
    error_code ignored;
    self->acceptor_socket.close(ignored);
    self->pause.cancel();
  });
}

std::size_t listener::connections() const { return door_->count->total(); }

}  // namespace greenroom::net
