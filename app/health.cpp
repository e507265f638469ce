#include "app/health.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
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

asio::awaitable<unsigned> ask_ready(std::string host, std::string port) {
  asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
  beast::tcp_stream stream{co_await asio::this_coro::executor};
  const auto found = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  co_await stream.async_connect(found, asio::use_awaitable);
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
  auto asked = roles.gateway ? settings.gateway_listen
               : roles.chat  ? settings.chat_listen
               : roles.users ? settings.users_listen
                             : settings.discovery_listen;
  const auto address = asio::ip::make_address(asked.host);
  if (address.is_unspecified()) asked.host = address.is_v4() ? "127.0.0.1" : "::1";
  return "http://" + asked.text();
}

int health(const std::string& url, std::chrono::milliseconds patience) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme() != "http" || parsed->host().empty()) {
    return say(2, url + ": not a URL like http://127.0.0.1:5000");
  }
  const std::string port = parsed->has_port() ? std::string{parsed->port()} : "80";
  unsigned status = 0;
  std::string failure = "no answer in time";
  asio::io_context context{1};
  asio::co_spawn(context, ask_ready(parsed->host_address(), port), [&](const std::exception_ptr& thrown, unsigned got) {
    status = got;
    if (thrown) failure = reason_of(thrown);
  });
  context.run_for(patience);
  if (status == 200) return 0;
  return say(1, url + ": " + (status == 0 ? failure : "not ready, status " + std::to_string(status)));
}

}  // namespace greenroom::app
