#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/balancer.hpp"
#include "core/ports.hpp"
#include "net/http/client.hpp"
#include "telemetry/metrics.hpp"

namespace greenroom::gateway {

/// The roles to which a gateway brings requests.
enum class upstream_role : std::uint8_t { users, chat };
[[nodiscard]] constexpr std::string_view to_string(upstream_role role) noexcept {
  return role == upstream_role::users ? "users" : "chat";
}

/// Everything that may be set about how instances are treated.
struct upstream_options {
  core::milliseconds rest{20'000};          ///< an instance whose circuit opened is left alone for this long
  core::milliseconds idle_lifetime{2'000};  ///< of a kept connection: 1 s less than the instances' idle timeout
  /// TLS for instances that aren't on this machine, by their address; null: all are asked in plain HTTP.
  std::shared_ptr<const net::peer_tls> peers{};
};

/// The last view's instances, their idle connections, and the order of their turns. Thread safe.
class upstreams final : public core::view_watcher {
 public:
  /// One life of an instance, and where it is.
  struct instance {
    upstream_role role = upstream_role::users;
    core::balancer::instance life;
    net::http::target at;
  };
  /// An instance, as `/status` shows it.
  struct described {
    instance who;
    core::circuit circuit = core::circuit::closed;
    bool draining = false;
    core::node_load load;
  };

  /// Pool and clock outlive this.
  upstreams(net::io_pool& pool, std::shared_ptr<const core::clock> clock, upstream_options options = {},
            telemetry::metrics metrics = {});

  /// Takes a view, unless a newer one is known. Draining instances get no new requests.
  void view_changed(const core::cluster_view& view) override;

  /// The instance whose turn it is, except those of `tried`; its attempt begins. Nothing where there is no other.
  [[nodiscard]] std::optional<instance> pick(upstream_role role, std::span<const core::node_name> tried = {});
  /// Another attempt at the same instance begins.
  void again(const instance& at);
  /// The instance answered, whether well or with an error.
  void succeeded(const instance& at);
  /// The instance refused, cut, was late, or answered with garbage.
  void failed(const instance& at);

  /// Whether there is an instance of the role that isn't draining.
  [[nodiscard]] bool alive(upstream_role role) const;
  /// All instances of the last view, users first.
  [[nodiscard]] std::vector<described> list() const;
  /// Connections to instances.
  [[nodiscard]] net::http::client& client() noexcept { return client_; }
  [[nodiscard]] core::mono_time now() const { return clock_->now().mono; }

 private:
  struct one_role {
    core::balancer turns;
    std::vector<described> known;
  };
  one_role& of(upstream_role role) noexcept { return roles_[static_cast<std::size_t>(role)]; }
  const one_role& of(upstream_role role) const noexcept { return roles_[static_cast<std::size_t>(role)]; }

  [[nodiscard]] net::http::target target_of(const core::node_record& node, const core::role_address& at) const;
  [[nodiscard]] std::optional<instance> known(upstream_role role, const std::optional<core::node_name>& name) const;
  void count_circuits() const;

  std::shared_ptr<const core::clock> clock_;
  telemetry::metrics metrics_;
  const bool has_peers_;
  net::http::client client_;
  mutable std::mutex lock_;  // guards the members below
  core::view_version version_;
  std::array<one_role, 2> roles_;
};

}  // namespace greenroom::gateway
