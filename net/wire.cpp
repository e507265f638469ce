#include "net/wire.hpp"

namespace greenroom::net {

std::size_t wire::take_early(boost::asio::mutable_buffer into) {
  const std::size_t taken = boost::asio::buffer_copy(into, boost::asio::buffer(early_));
  early_.erase(0, taken);
  if (early_.empty()) early_.shrink_to_fit();
  return taken;
}

void beast_close_socket(wire& which) {
  boost::system::error_code ignored;
  which.socket().close(ignored);
}

}  // namespace greenroom::net
