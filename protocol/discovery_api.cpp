#include "protocol/discovery_api.hpp"

#include <set>

#include "core/text.hpp"
#include "protocol/json_text.hpp"

namespace greenroom::protocol {

std::string address_text(std::string_view host, std::uint16_t port) {
  std::string out;
  if (host.find(':') == host.npos)
    out.append(host);
  else
    out.append("[").append(host).append("]");
  out += ':';
  core::append_number(out, port);
  return out;
}

void put_load(json_writer& json, const core::node_load& load) {
  json.begin("load").put("connections", std::uint64_t{load.connections}).put("rooms", std::uint64_t{load.rooms}).end();
}

std::string discovery_status(const status_head& head, const core::cluster_view& view) {
  std::set<std::string_view> services;
  std::uint64_t instances = 0;
  for (const auto& node : view.nodes)
    for (const auto& role : node.http) {
      if (role.role == metrics_service) continue;
      services.insert(role.role);
      ++instances;
    }
  std::string out;
  json_writer json{out};
  begin_status(json, head);
  json.begin_list("services");
  for (const auto service : services) json.item(service);
  json.end_list().put("services_count", instances).put("view", view.version.value).begin_list("instances");
  for (const auto& node : view.nodes) {
    std::string incarnation;
    core::append_hex(incarnation, node.incarnation.value);
    for (const auto& role : node.http) {
      if (role.role == metrics_service) continue;
      json.begin_item()
          .put("service", role.role)
          .put("node", node.name.value)
          .put("incarnation", incarnation)
          .put("address", address_text(role.host, role.port))
          .put("version", node.version)
          .put("draining", node.draining);
      put_load(json, node.load);
      json.end();
    }
  }
  json.end_list().end();
  return out;
}

std::string nodes(const core::cluster_view& view) {
  std::string out;
  json_writer json{out};
  json.begin().put("index", view.version.value).begin_list("nodes");
  for (const auto& node : view.nodes) {
    std::string incarnation;
    core::append_hex(incarnation, node.incarnation.value);
    json.begin_item()
        .put("node", node.name.value)
        .put("incarnation", incarnation)
        .put("version", node.version)
        .put("draining", node.draining)
        .put("database_away", node.database_away)
        .put("link", address_text(node.link.host, node.link.port))
        .begin_list("http");
    for (const auto& role : node.http)
      json.begin_item().put("service", role.role).put("address", address_text(role.host, role.port)).end();
    json.end_list();
    put_load(json, node.load);
    json.end();
  }
  json.end_list().end();
  return out;
}

std::string service_discovery(const core::cluster_view& view) {
  std::string out;
  json_writer json{out};
  json.begin_list();
  for (const auto& node : view.nodes)
    for (const auto& service : node.http) {
      if (service.role == "gateway") continue;
      json.begin_item()
          .begin_list("targets")
          .item(address_text(service.host, service.port))
          .end_list()
          .begin("labels")
          .put("role", service.role == metrics_service ? std::string_view{"gateway"} : std::string_view{service.role})
          .put("node", node.name.value)
          .end()
          .end();
    }
  json.end_list();
  return out;
}

}  // namespace greenroom::protocol
