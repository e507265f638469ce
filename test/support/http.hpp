#pragma once
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "net/http/client.hpp"
#include "net/io_pool.hpp"

namespace greenroom::test {

/// Asks a server on this machine and waits for the answer.
class http_caller {
 public:
  explicit http_caller(net::io_pool& pool, std::uint16_t port) : client_(pool), port_(port) {}

  /// The answer; throws, and so fails the test, where there is none within 10 s. A body is JSON.
  net::http::response operator()(std::string method, std::string path, std::string body = {}, std::string token = {},
                                 net::http::field_list fields = {}) {
    auto out = begin(std::move(method), std::move(path), std::move(body), std::move(token), std::move(fields)).get();
    if (!out.reply) throw std::runtime_error("no answer: " + out.reply.why().text());
    return std::move(*out.reply);
  }
  /// Asks without waiting, so that several requests are under way at once.
  std::future<net::http::outcome> begin(std::string method, std::string path, std::string body = {},
                                        std::string token = {}, net::http::field_list fields = {}) {
    if (!body.empty()) fields.add("Content-Type", "application/json");
    if (!token.empty()) fields.add("Authorization", "Bearer " + token);
    const auto promise = std::make_shared<std::promise<net::http::outcome>>();  // set_value may outlast get
    auto future = promise->get_future();
    client_.send(0, {{"127.0.0.1", port_}, std::move(method), std::move(path), std::move(fields), std::move(body)},
                 [promise](net::http::outcome out) { promise->set_value(std::move(out)); });
    return future;
  }

 private:
  net::http::client client_;
  std::uint16_t port_;
};

}  // namespace greenroom::test
