#include "app/health.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/system/system_error.hpp>
#include <boost/url/parse.hpp>

#include <cstdio>
#include <exception>

namespace greenroom::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

template <class Stream>
asio::awaitable<unsigned> ask_ready_over(Stream& stream, const std::string& host, const std::string& port) {
  beast::http::request<beast::http::empty_body> request{beast::http::verb::get, "/readyz", 11};
  const bool v6 = host.find(':') != std::string::npos;
  request.set(beast::http::field::host, (v6 ? "[" + host + "]" : host) + ":" + port);
  request.set(beast::http::field::connection, "close");
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  co_await beast::http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return response.result_int();
}

asio::awaitable<unsigned> ask_ready(bool secure, std::string host, std::string port) {
  asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
  beast::tcp_stream plain{co_await asio::this_coro::executor};
  const auto found = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  co_await plain.async_connect(found, asio::use_awaitable);
  if (!secure) co_return co_await ask_ready_over(plain, host, port);
  // The question is whether it is ready, not its identity: a certificate has no name for the loopback address.
  asio::ssl::context context{asio::ssl::context::tls_client};
  context.set_verify_mode(asio::ssl::verify_none);
  asio::ssl::stream<beast::tcp_stream> stream{std::move(plain), context};
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
