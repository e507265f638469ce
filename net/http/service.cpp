#include "net/http/service.hpp"

#include <algorithm>
#include <chrono>

namespace greenroom::net::http {

service::service(service_deps deps) : deps_(std::move(deps)), begun_(deps_.clock->now().mono) {}

std::function<protocol::status_head()> service::head() const {
  return [role = deps_.role, node = deps_.node, version = deps_.version, clock = deps_.clock, begun = begun_] {
    const auto up = std::chrono::duration_cast<core::seconds>(clock->now().mono - begun).count();
    return protocol::status_head{role, node, version, static_cast<std::uint64_t>(up)};
  };
}

probe_sources service::probes(std::function<role_state()> state) const {
  probe_sources out;
  out.ready = [leaving = leaving_, state = std::move(state)] {
    role_state now = state();
    now.checks.emplace(now.checks.begin(), "serving", !*leaving);
    const bool all = std::all_of(now.checks.begin(), now.checks.end(), [](const auto& one) { return one.second; });
    return readiness{all && now.why.empty(), std::move(now.checks), std::move(now.why)};
  };
  out.metrics = [metrics = deps_.metrics] { return metrics.text(); };
  return out;
}

core::status service::listen(server::handler handle, server_options options, const boost::asio::ip::tcp::endpoint& at) {
  server_ = std::make_unique<server>(*deps_.pool, std::move(handle), std::move(options));
  return server_->listen(at);
}

void service::drain() {
  leave();
  if (server_) server_->drain();
}

void service::stop() {
  leave();
  if (server_) server_->stop();
}

}  // namespace greenroom::net::http
