#include "app/cluster.hpp"

#include <boost/asio/ip/address.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "actors/secrets.hpp"
#include "app/file_text.hpp"
#include "app/refusal.hpp"
#include "app/role_options.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t least_secret = 32;

core::result<std::string> secret_in(const std::string& path, const std::string& name) {
  auto secret = strong_secret(path);
  if (!secret) return refusal(name + " " + secret.why().text() + ".");
  return secret;
}

// Whole or not at all, and the first of many processes wins: written under another name, then linked.
core::status make_secret(const fs::path& path) {
  const fs::path fresh = path.string() + "." + actors::random_id();
  const auto text = actors::random_id() + actors::random_id() + "\n";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) ::close(file);
  const bool linked = written && (::link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const auto why = errno;
  ::unlink(fresh.c_str());
  if (!linked) return refusal("can't make " + path.string() + ": " + std::strerror(why));
  return core::done{};
}

}  // namespace

bool is_local(const config& settings) { return endpoint_of(settings.link_listen).address().is_loopback(); }

core::status check_links(const config& settings) {
  if (!is_local(settings) && settings.cluster_secret_file.empty() && settings.link_cert.empty())
    return refusal(
        "link-listen " + settings.link_listen.text() +
        " can be reached by others: set cluster-secret-file (the same secret on every node; "
        "`head -c 32 /dev/urandom | base64` makes one), or link-cert, link-key and link-ca (`greenroom admin "
        "certs` makes them for a test), or listen on 127.0.0.1.");
  if (!settings.roles.discovery && settings.link_listen.port != 0 && settings.link_listen == settings.discovery)
    return refusal(
        "link-listen and discovery are both " + settings.discovery.text() +
        ": without the discovery role, discovery is another process, and link-listen an address of this one.");
  return core::done{};
}

core::result<std::string> cluster_secret(const config& settings) {
  if (!settings.cluster_secret_file.empty())
    return secret_in(settings.cluster_secret_file, "cluster-secret-file " + settings.cluster_secret_file);
  if (!is_local(settings)) {
    telemetry::log::warn("no_cluster_secret", {{"means", "this node believes no gateway whom it speaks for"}});
    return actors::random_bytes(least_secret);
  }
  const auto path = fs::path{settings.data_dir} / "cluster.secret";
  std::error_code absent;
  if (!fs::exists(path, absent))
    if (auto made = make_secret(path); !made) return made.why();
  return secret_in(path.string(), path.string());
}

core::role_address advertised(const config& settings, std::string role, const boost::asio::ip::tcp::endpoint& bound) {
  const bool everywhere = bound.address().is_unspecified();
  std::string host = settings.advertise;
  if (host.empty() && !everywhere) host = bound.address().to_string();
  if (host.empty()) host = is_local(settings) ? (bound.address().is_v4() ? "127.0.0.1" : "::1") : settings.node;
  return {std::move(role), std::move(host), bound.port()};
}

net::link_credentials link_credentials(const config& settings, const std::string& secret) {
  return {secret, settings.link_cert, settings.link_key, settings.link_ca};
}

discovery::mesh_options mesh_options(const config& settings, const std::string& secret, const core::node_record& self) {
  discovery::mesh_options out;
  out.self = {settings.cluster, self.name, self.incarnation, self.users_database, self.chat_database};
  out.credentials = link_credentials(settings, secret);
  out.listen = endpoint_of(settings.link_listen);
  out.has_discovery = settings.roles.discovery;
  out.discovery_host = settings.discovery.host;
  out.discovery_port = settings.discovery.port;
  return out;
}

}  // namespace greenroom::app
