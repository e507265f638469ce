#include <CLI/CLI.hpp>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
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

namespace {

using namespace greenroom;

constexpr int usage_error = 2;

/// Adds every option of the table, and --config, to a subcommand. All subcommands share one place for the values.
void add_settings(CLI::App& command, app::setting_sources& sources) {
  command.add_option("--config", sources.config_file, "The file with settings; ./greenroom.toml where there is one.")
      ->type_name("FILE");
  command.footer("Each option is also a variable (GREENROOM_NODE for --node) and a key of the file (node).");
  for (const app::option& option : app::options()) {
    auto* added =
        command.add_option(option.flag(), sources.flags[std::string{option.key}], std::string{option.meaning});
    added->type_name(std::string{option.holds})->expected(1)->allow_extra_args(false);
    added->multi_option_policy(option.repeatable ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
  }
}

/// Runs a subcommand's work once the configuration is known to be valid.
int with_config(app::setting_sources sources, const std::function<int(const app::effective_config&)>& run) {
  std::erase_if(sources.flags, [](const auto& flag) { return flag.second.empty(); });
  sources.environment = app::process_environment();
  const auto effective = app::resolve(sources);
  if (!effective) {
    std::fprintf(stderr, "%s\n", effective.why().text().c_str());
    return usage_error;
  }
  const app::config& settings = effective->values;
  telemetry::log::configure({.threshold = settings.log_level,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .file = {},
                             .stream = nullptr});
  for (const auto& warning : effective->warnings) telemetry::log::warn("setting_ignored", {{"why", warning}});
  return run(*effective);
}

}  // namespace

int main(int argc, char** argv) try {
  // The reader of the log has gone away: that is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
  // Databases, secrets, tokens, logs: all files of this program are its owner's alone.
  ::umask(S_IRWXG | S_IRWXO);
  CLI::App cli{"Greenroom: chat rooms with a durable, ordered log."};
  cli.set_version_flag("--version", GREENROOM_VERSION);
  cli.require_subcommand(1);
  app::setting_sources sources;
  std::function<int(const app::effective_config&)> chosen;

  auto* serve = cli.add_subcommand(
      "serve", "Runs the roles until SIGTERM: everything, on http://localhost:5000, if not told otherwise.");
  add_settings(*serve, sources);
  serve->callback([&] { chosen = [](const auto& effective) { return app::serve(effective.values); }; });

  auto* health = cli.add_subcommand("health", "Exits with 0 when /readyz of a running greenroom is 200.");
  std::string url;
  health->add_option("url", url, "Like http://127.0.0.1:5000; this configuration's own address if not given.");
  add_settings(*health, sources);
  health->callback([&] {
    chosen = [&](const auto& effective) { return app::health(url.empty() ? app::health_url(effective.values) : url); };
  });

  auto* config = cli.add_subcommand("config", "Prints the effective configuration, secrets masked.");
  add_settings(*config, sources);
  config->callback([&] {
    chosen = [](const auto& effective) { return std::fputs(app::config_text(effective).c_str(), stdout) < 0 ? 1 : 0; };
  });

  auto* admin = cli.add_subcommand("admin", "What only an operator may do.");
  admin->require_subcommand(1);
  app::admin::users_request users;
  app::admin::add_users(
      *admin, users, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return app::admin::run_users(effective.values, users, std::cin, std::cout, std::cerr);
        };
      });
  app::admin::cluster_request cluster;
  app::admin::add_cluster(
      *admin, cluster, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return app::admin::run_cluster(effective.values, cluster, std::cout, std::cerr);
        };
      });

  app::admin::restored_request restored;
  app::admin::add_restored(
      *admin, restored, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [&](const auto& effective) {
          return app::admin::run_restored(effective.values, restored, std::cout, std::cerr);
        };
      });

  app::admin::add_maintenance(
      *admin, [&](CLI::App& command) { add_settings(command, sources); },
      [&] {
        chosen = [](const auto& effective) {
          return app::admin::run_maintenance(effective.values, std::cout, std::cerr);
        };
      });

  app::admin::certs_request certs;
  app::admin::add_certs(*admin, certs, [&] {
    chosen = [&](const auto&) {
      const auto now = std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
      return app::admin::run_certs(certs, now, std::cout, std::cerr);
    };
  });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? 0 : usage_error;
  }
  return with_config(std::move(sources), chosen);
} catch (const std::exception& error) {
  std::fprintf(stderr, "greenroom: %s\n", error.what());
  return 1;
}
