#include "app/health.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/system_error.hpp>
#include <boost/url/parse.hpp>

#include <cstdio>
#include <exception>

namespace greenroom::app {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// The bytes of an answer's head; no more is read.
constexpr std::size_t head_limit = 16 * 1024;

// The status in the head of an answer, such as "HTTP/1.1 200 OK" and fields (RFC 9112 4).
unsigned status_of(const std::string& head) {
  http::response_parser<http::empty_body> parser;
  boost::system::error_code wrong;
  parser.put(asio::buffer(head), wrong);
  if (wrong) throw boost::system::system_error{wrong};
  return parser.get().result_int();
}

// Bytes rather than Beast's messages, whose reading and writing takes ten seconds to compile for each kind of stream.
template <class Stream>
asio::awaitable<unsigned> ask_ready_over(Stream& stream, const std::string& host, const std::string& port) {
  const bool v6 = host.find(':') != std::string::npos;
  const auto authority = (v6 ? "[" + host + "]" : host) + ":" + port;
  const auto request = "GET /readyz HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n\r\n";
  co_await asio::async_write(stream, asio::buffer(request), asio::use_awaitable);
  std::string answer;
  const auto length = co_await asio::async_read_until(stream, asio::dynamic_buffer(answer, head_limit), "\r\n\r\n",
                                                      asio::use_awaitable);
  co_return status_of(answer.substr(0, length));
}

asio::awaitable<unsigned> ask_ready(bool secure, std::string host, std::string port) {
  asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
  asio::ip::tcp::socket plain{co_await asio::this_coro::executor};
  const auto found = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  co_await asio::async_connect(plain, found, asio::use_awaitable);
  if (!secure) co_return co_await ask_ready_over(plain, host, port);
  // The question is whether it is ready, not its identity: a certificate has no name for the loopback address.
  asio::ssl::context context{asio::ssl::context::tls_client};
  context.set_verify_mode(asio::ssl::verify_none);
  asio::ssl::stream<asio::ip::tcp::socket> stream{std::move(plain), context};
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await ask_ready_over(stream, host, port);
}

std::string reason_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code().message();
  } catch (const std::exception& error) {
    return error.what();
  }
}

int say(int code, const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  return code;
}

}  // namespace

std::string health_url(const config& settings) {
  const auto& roles = settings.roles;
  // The operators' listener needs neither TLS nor a proxy.
  const bool for_operators = roles.gateway && settings.metrics_listen;
  auto asked = for_operators   ? *settings.metrics_listen
               : roles.gateway ? settings.gateway_listen
               : roles.chat    ? settings.chat_listen
               : roles.users   ? settings.users_listen
                               : settings.discovery_listen;
  const auto address = asio::ip::make_address(asked.host);
  if (address.is_unspecified()) asked.host = address.is_v4() ? "127.0.0.1" : "::1";
  return (roles.gateway && !for_operators && !settings.tls_cert.empty() ? "https://" : "http://") + asked.text();
}

int health(const std::string& url, std::chrono::milliseconds patience) {
  const auto parsed = boost::urls::parse_uri(url);
  const bool secure = parsed && parsed->scheme() == "https";
  if (!parsed || (parsed->scheme() != "http" && !secure) || parsed->host().empty()) {
    return say(2, url + ": not a URL like http://127.0.0.1:5000");
  }
  const std::string port = parsed->has_port() ? std::string{parsed->port()} : secure ? "443" : "80";
  unsigned status = 0;
  std::string failure = "no answer in time";
  asio::io_context context{1};
  asio::co_spawn(context, ask_ready(secure, parsed->host_address(), port),
                 [&](const std::exception_ptr& thrown, unsigned got) {
                   status = got;
                   if (thrown) failure = reason_of(thrown);
                 });
  context.run_for(patience);
  if (status == 200) return 0;
  return say(1, url + ": " + (status == 0 ? failure : "not ready, status " + std::to_string(status)));
}

}  // namespace greenroom::app
