#include "net/ws_connection.hpp"

#include <boost/beast/http/field.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

#include "net/ws_frame.hpp"

namespace greenroom::net {
namespace {

using field = boost::beast::http::field;

constexpr std::uint16_t message_too_big = 1009;

// Errors after which a websocket stays open have no code of their own.
std::uint16_t close_code(core::ec why) {
  const core::error_info& info = core::describe(why);
  if (info.close_code != 0) return info.close_code;
  return info.http_status < 500 ? 1008 : 1011;
}

// RFC 6455 section 4.2.2.
std::string accept_of(std::string key) {
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> text;
  const int length = EVP_EncodeBlock(text.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

struct ws_connection::upgrade_asked {
  http::request head;
  std::string read_ahead;
  std::string subprotocol;
};

std::shared_ptr<ws_connection> ws_connection::make(hub& hub, core::connection_id id, http::upgraded upgrade,
                                                   ws_speech speech, std::shared_ptr<const ws_settings> settings,
                                                   std::string_view counted_as) {
  return std::shared_ptr<ws_connection>(
      new ws_connection(hub, id, std::move(upgrade), std::move(speech), std::move(settings), counted_as));
}

ws_connection::ws_connection(hub& hub, core::connection_id id, http::upgraded&& upgrade, ws_speech&& speech,
                             std::shared_ptr<const ws_settings>&& settings, std::string_view counted_as)
    : client_socket(hub, id, std::move(upgrade.socket), std::move(upgrade.admitted), settings, counted_as),
      pongs_a_tick_(settings->pongs_a_tick),
      messages_(speech.messages),
      reader_(settings->message_bytes, speech.messages),
      words_(std::move(speech.words)),
      asked_(new upgrade_asked{std::move(upgrade.head), std::move(upgrade.read_ahead), std::move(speech.subprotocol)}) {
}

ws_connection::~ws_connection() = default;

// First in the outbox. The client was admitted before; the version is what makes this an answer.
void ws_connection::begin() {
  auto asked = std::exchange(asked_, nullptr);
  if (asked->head[field::sec_websocket_version] != "13") {
    return linger_after(
        "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close, Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nServer: greenroom\r\nContent-Length: 0\r\n\r\n");
  }
  std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nServer: greenroom\r\n"
      "Sec-WebSocket-Accept: ";
  head += accept_of(std::string(asked->head[field::sec_websocket_key]));
  if (!asked->subprotocol.empty()) head.append("\r\nSec-WebSocket-Protocol: ").append(asked->subprotocol);
  head += "\r\n\r\n";
  answer(std::move(head));
  reader_.take(asked->read_ahead);
  reader_.keep();
}

client_socket::found ws_connection::next() {
  const ws_reader::found one = reader_.next();
  switch (one.what) {
    case ws_reader::kind::nothing:
      return {found::kind::nothing, {}};
    case ws_reader::kind::message:
      return {found::kind::message, one.bytes};
    case ws_reader::kind::ping:
      answer_ping(one.bytes);
      return {found::kind::dealt, {}};
    case ws_reader::kind::close:
    case ws_reader::kind::wrong:
      break;
  }
  ended_with_ = one.code;
  return {found::kind::end, {}};
}

// Pings pass by the window and the rate limits.
void ws_connection::answer_ping(std::string_view payload) {
  answer(ws_control_frame(ws_opcode::pong, payload));
  if (is_open() && ++pongs_ > pongs_a_tick_) end(core::ec::rate_limited, "too many pings");
}

std::string ws_connection::goodbye(core::ec why, std::string_view reason) const {
  auto said = words_ ? as_message(words_->goodbye(why, reason)) : std::string{};
  return said += ws_close_frame(close_code(why), reason);
}

std::string ws_connection::last_words() const {
  const bool endless = words_ && ended_with_ == message_too_big;
  return (endless ? as_message(words_->endless()) : std::string{}) + ws_close_frame(ended_with_, {});
}

// A line without its end; nothing of an empty one.
std::string ws_connection::as_message(std::string_view line) const {
  if (line.ends_with("\r\n")) line.remove_suffix(2);
  if (line.empty()) return {};
  return ws_message_frame(messages_ == ws_messages::text ? ws_opcode::text : ws_opcode::binary, line);
}

std::string ws_connection::check(core::mono_time at) const {
  return words_ ? as_message(words_->check(at)) : std::string{};
}

slice ws_connection::ping() const {
  static const slice frame(std::make_shared<const std::string>(ws_control_frame(ws_opcode::ping, {})));
  return frame;
}

}  // namespace greenroom::net
