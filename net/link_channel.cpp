#include "net/link_channel.hpp"

#include <boost/asio/error.hpp>
#include <unistd.h>

#include <string>
#include <utility>

#include "net/link_watch.hpp"

namespace greenroom::net {

using boost::system::error_code;

link_channel::link_channel(tls_session tls, int socket, link_guard guard, std::shared_ptr<link_watch> watch)
    : tls_(std::move(tls)), socket_(socket), guard_(guard), watch_(std::move(watch)) {}

link_channel::~link_channel() {
  watch_->lose_socket();
  if (!taken_) ::close(socket_);
}

int link_channel::take_socket() noexcept {
  taken_ = true;
  return socket_;
}

void link_channel::fail(const error_code& wrong) { watch_->end("closed", wrong.message()); }

std::optional<std::size_t> link_channel::read_some(char* to, std::size_t size) {
  error_code wrong;
  const std::size_t got = tls_.read_some(to, size, wrong);
  if (wrong == boost::asio::error::would_block) return 0;
  if (wrong) return fail(wrong), std::nullopt;
  const auto verdict = guard_.judge({to, got});
  if (verdict != link_guard::verdict::good) return watch_->end("guard", std::string{to_string(verdict)}), std::nullopt;
  watch_->heard();
  return got;
}

std::optional<std::size_t> link_channel::write_some(const char* from, std::size_t size) {
  std::size_t taken = 0;
  error_code wrong;
  while (taken < size && !wrong) taken += tls_.write_some(from + taken, size - taken, wrong);
  if (wrong && wrong != boost::asio::error::would_block) return fail(wrong), std::nullopt;
  return taken;
}

void link_channel::hold(std::size_t bytes) { watch_->hold(bytes); }

}  // namespace greenroom::net
