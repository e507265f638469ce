#include "app/command_line.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "app/admin/certs.hpp"
#include "app/admin/cluster.hpp"
#include "app/admin/maintenance.hpp"
#include "app/admin/restored.hpp"
#include "app/admin/users.hpp"
#include "app/config.hpp"
#include "app/health.hpp"
#include "app/options.hpp"
#include "app/serve.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app {
namespace {

constexpr int usage_error = 2;

/// Adds every option of the table, and --config, to a subcommand. All subcommands share one place for the values.
void add_settings(CLI::App& command, setting_sources& sources) {
  command.add_option("--config", sources.config_file, "The file with settings; ./greenroom.toml where there is one.")
      ->type_name("FILE");
  command.footer("Each option is also a variable (GREENROOM_NODE for --node) and a key of the file (node).");
  for (const option& option : options()) {
    auto* added =
        command.add_option(option.flag(), sources.flags[std::string{option.key}], std::string{option.meaning});
    added->type_name(std::string{option.holds})->expected(1)->allow_extra_args(false);
    added->multi_option_policy(option.repeatable ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
  }
}

/// Runs a subcommand's work once the configuration is known to be valid.
int with_config(setting_sources sources, const std::function<int(const effective_config&)>& run) {
  std::erase_if(sources.flags, [](const auto& flag) { return flag.second.empty(); });
  sources.environment = process_environment();
  const auto effective = resolve(sources);
  if (!effective) {
    std::fprintf(stderr, "%s\n", effective.why().text().c_str());
    return usage_error;
  }
  const config& settings = effective->values;
  telemetry::log::configure({.threshold = settings.log_level,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .file = {},
                             .stream = nullptr});
  for (const auto& warning : effective->warnings) telemetry::log::warn("setting_ignored", {{"why", warning}});
  return run(*effective);
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App cli{"Greenroom: chat rooms with a durable, ordered log."};
  cli.set_version_flag("--version", GREENROOM_VERSION);
  cli.require_subcommand(1);
  setting_sources sources;
  std::function<int(const effective_config&)> chosen;

  auto* serve_command = cli.add_subcommand(
      "serve", "Runs the roles until SIGTERM: everything, on http://localhost:5000, if not told otherwise.");
  add_settings(*serve_command, sources);
  serve_command->callback([&] { chosen = [](const auto& effective) { return serve(effective.values); }; });

  auto* health_command = cli.add_subcommand("health", "Exits with 0 when /readyz of a running greenroom is 200.");
  std::string url;
  health_command->add_option("url", url, "Like http://127.0.0.1:5000; this configuration's own address if not given.");
  add_settings(*health_command, sources);
  health_command->callback([&] {
    chosen = [&](const auto& effective) { return health(url.empty() ? health_url(effective.values) : url); };
  });

  auto* config_command = cli.add_subcommand("config", "Prints the effective configuration, secrets masked.");
  add_settings(*config_command, sources);
  config_command->callback([&] {
    chosen = [](const auto& effective) { return std::fputs(config_text(effective).c_str(), stdout) < 0 ? 1 : 0; };
  });

  auto* admin = cli.add_subcommand("admin", "What only an operator may do.");
  admin->require_subcommand(1);
  admin::users_request users;
  admin::add_users(
      *admin, users, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return admin::run_users(effective.values, users, std::cin, std::cout, std::cerr);
        };
      });
  admin::cluster_request cluster;
  admin::add_cluster(
      *admin, cluster, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return admin::run_cluster(effective.values, cluster, std::cout, std::cerr);
        };
      });

  admin::restored_request restored;
  admin::add_restored(
      *admin, restored, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return admin::run_restored(effective.values, restored, std::cout, std::cerr);
        };
      });

  admin::add_maintenance(
      *admin, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [](const auto& effective) { return admin::run_maintenance(effective.values, std::cout, std::cerr); };
      });

  admin::certs_request certs;
  admin::add_certs(*admin, certs, [&] {
    chosen = [&](const auto&) {
      const auto now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
      return admin::run_certs(certs, now, std::cout, std::cerr);
    };
  });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : usage_error;
  }
  return with_config(std::move(sources), chosen);
}

}  // namespace greenroom::app
