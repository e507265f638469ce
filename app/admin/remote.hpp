#pragma once
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <memory>
#include <type_traits>
#include <utility>

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"
#include "actors/system.hpp"
#include "app/config.hpp"
#include "core/messages/cluster.hpp"
#include "core/result.hpp"
#include "discovery/scribe.hpp"
#include "net/io_pool.hpp"
#include "net/link.hpp"

namespace greenroom::app::admin {

/// A system of actors with one link, to discovery: `greenroom admin` asks a cluster with it, as no node of it, with the
/// cluster's secret or a certificate.
class remote_directory {
 public:
  /// `settings` outlives this.
  explicit remote_directory(const config& settings);
  ~remote_directory();
  remote_directory(const remote_directory&) = delete;
  remote_directory& operator=(const remote_directory&) = delete;

  /// Links, once. `unavailable` with a plain message where that fails within 5 s, or the link is refused.
  core::status connect();

  /// Asks the directory; only once connected. Its own errors, and `unavailable` with a plain message where it doesn't
  /// answer within `patience`.
  template <class Reply, class Request>
  core::result<Reply> ask(const Request& request, std::chrono::seconds patience = std::chrono::seconds{5}) {
    core::result<Reply> out{core::ec::internal};
    const auto failed = [&](const caf::error& why) { out = actors::from_caf(why); };
    auto asked = (*self_)->request(directory_, patience, request);
    if constexpr (std::is_same_v<Reply, core::done>)
      asked.receive([&] { out = core::done{}; }, failed);
    else
      asked.receive([&](Reply& reply) { out = std::move(reply); }, failed);
    if (out.code() == core::ec::request_timeout)
      return core::error{core::ec::unavailable,
                         "Discovery didn't answer within " + std::to_string(patience.count()) + " s.", 0};
    return out;
  }

 private:
  template <class T>
  class delivery;
  class dialler;

  core::result<actors::node_actor> link();
  [[nodiscard]] core::node_record guest() const;

  const config& settings_;
  const core::node_record me_ = guest();
  net::io_pool pool_{1};
  actors::system_config config_{1};
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<discovery::scribe> scribe_;
  std::unique_ptr<caf::scoped_actor> self_;
  std::shared_ptr<dialler> dialler_;
  std::unique_ptr<net::links> links_;
  actors::directory_actor directory_;
};

}  // namespace greenroom::app::admin
