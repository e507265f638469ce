#include "net/link.hpp"

#include <utility>

#include "net/link_common.hpp"
#include "net/link_greeting.hpp"
#include "net/link_hello.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"

namespace greenroom::net {
namespace {

// More than the links of any full mesh.
constexpr std::size_t max_links = 4096;

class links_here final : public links {
 public:
  explicit links_here(std::shared_ptr<link_common> common)
      : common_(std::move(common)), listener_(common_->pool, caps(), [shared = common_](accepted from) {
          link_greeting::accept(shared, std::move(from));
        }) {}
  ~links_here() override { links_here::stop(); }

  core::status listen(const boost::asio::ip::tcp::endpoint& at) override { return listener_.listen(at); }
  boost::asio::ip::tcp::endpoint bound() const override { return listener_.bound(); }
  void dial(std::uint64_t which, std::string host, std::uint16_t port, core::node_name expected) override {
    link_greeting::dial(common_, {which, std::move(host), port, std::move(expected)});
  }
  core::status read_again() override { return common_->peers->read_again(); }
  void stop() override {
    listener_.stop();
    common_->stop();
  }

 private:
  [[nodiscard]] connection_caps caps() const {
    const std::size_t all = max_links + common_->options.max_handshakes;
    return {all, all, false};
  }

  std::shared_ptr<link_common> common_;
  listener listener_;
};

}  // namespace

core::result<std::unique_ptr<links>> links::make(io_pool& pool, link_identity self, const link_credentials& credentials,
                                                 link_options options, std::weak_ptr<link_owner> owner,
                                                 telemetry::metrics metrics) {
  auto peers = peer_tls::make(credentials, tls::secret_use::link);
  if (!peers) return peers.why();
  auto hello = link_hello::write(self);
  if (!hello) return hello.why();
  return std::unique_ptr<links>{std::make_unique<links_here>(std::make_shared<link_common>(
      pool, std::move(self), options, std::move(owner), std::move(metrics), std::move(*peers), std::move(*hello)))};
}

}  // namespace greenroom::net
