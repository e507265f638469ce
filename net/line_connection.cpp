#include "net/line_connection.hpp"

#include <utility>

namespace greenroom::net {

std::shared_ptr<line_connection> line_connection::make(hub& hub, core::connection_id id, stream socket,
                                                       admission admitted, std::string read_ahead,
                                                       std::shared_ptr<const client_socket_settings> settings,
                                                       std::shared_ptr<const line_words> words,
                                                       std::string_view counted_as) {
  return std::shared_ptr<line_connection>(new line_connection(hub, id, std::move(socket), std::move(admitted),
                                                              std::move(read_ahead), std::move(settings),
                                                              std::move(words), counted_as));
}

line_connection::line_connection(hub& hub, core::connection_id id, stream&& socket, admission&& admitted,
                                 std::string&& read_ahead, std::shared_ptr<const client_socket_settings>&& settings,
                                 std::shared_ptr<const line_words>&& words, std::string_view counted_as)
    : client_socket(hub, id, std::move(socket), std::move(admitted), settings, counted_as),
      splitter_(settings->message_bytes),
      words_(std::move(words)),
      read_ahead_(std::move(read_ahead)) {}

void line_connection::begin() {
  splitter_.take(read_ahead_);
  splitter_.keep();
  std::string().swap(read_ahead_);
}

client_socket::found line_connection::next() {
  const line_splitter::found one = splitter_.next();
  switch (one.what) {
    case line_splitter::kind::nothing:
      return {found::kind::nothing, {}};
    case line_splitter::kind::line:
      return {found::kind::message, one.bytes};
    case line_splitter::kind::endless:
      break;
  }
  return {found::kind::end, {}};
}

std::string line_connection::goodbye(core::ec why, std::string_view reason) const {
  return words_->goodbye(why, reason);
}

slice line_connection::ping() const { return slice(std::make_shared<const std::string>(words_->ping())); }

}  // namespace greenroom::net
