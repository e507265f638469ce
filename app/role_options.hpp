#pragma once
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "chat/role.hpp"
#include "core/rate_limiter.hpp"
#include "core/room.hpp"
#include "discovery/role.hpp"
#include "edge/edge.hpp"
#include "gateway/role.hpp"
#include "net/http/server.hpp"
#include "telemetry/metrics.hpp"
#include "users/role.hpp"

/// The configuration in the form that each part of the program needs.
namespace greenroom::app {

/// A listening address of the configuration; its host is an IP address, as `resolve` has checked.
[[nodiscard]] boost::asio::ip::tcp::endpoint endpoint_of(const endpoint& at);

/// A role's HTTP server. `forwarded_secret`: of the gateways whose `X-Forwarded-*` it believes; empty: none.
[[nodiscard]] net::http::server_options server_options(const config& settings, std::string_view role,
                                                       const std::string& forwarded_secret,
                                                       const telemetry::metrics& metrics);

[[nodiscard]] core::limit_policies limit_policies(const config& settings);
[[nodiscard]] core::room_limits room_limits(const config& settings);
[[nodiscard]] discovery::role_settings discovery_settings(const config& settings, const telemetry::metrics& metrics);
[[nodiscard]] users::role_settings users_settings(const config& settings, const std::string& secret,
                                                  const telemetry::metrics& metrics);
[[nodiscard]] edge::edge_settings edge_settings(const config& settings);
[[nodiscard]] chat::role_settings chat_settings(const config& settings, const std::string& secret,
                                                const telemetry::metrics& metrics);
[[nodiscard]] gateway::role_settings gateway_settings(const config& settings, const std::string& secret,
                                                      const telemetry::metrics& metrics);

}  // namespace greenroom::app
