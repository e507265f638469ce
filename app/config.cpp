#include "app/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "app/config_file.hpp"
#include "app/environment.hpp"
#include "app/file_text.hpp"
#include "app/irc_options.hpp"
#include "app/options.hpp"
#include "app/web_root.hpp"
#include "core/text.hpp"
#include "net/io_pool.hpp"

extern char** environ;

namespace greenroom::app {
namespace {

namespace fs = std::filesystem;

/// One option's values, and where they came from.
struct found_setting {
  std::vector<std::string> values;
  std::string source;
};

/// Collects the settings from one source after the other, a later one replacing an earlier one.
class collector {
 public:
  void complain(std::string what) { complaints_.push_back(std::move(what)); }
  void warn(std::string what) { warnings_.push_back(std::move(what)); }

  /// Keeps the values for the key; elements of lists may also be separated by commas.
  void keep(std::string_view key, std::vector<std::string> values, const std::string& source) {
    const option* known = find_option(key);
    if (known == nullptr)
      return complain(source + ": there is no option " + std::string{key} + "; the nearest is " + nearest_key(key));
    if (known->repeatable) values = split(values);
    if (!known->repeatable && values.size() != 1)
      return complain(source + ": " + std::string{key} + " takes one value");
    found_[std::string{key}] = {std::move(values), source};
  }

  [[nodiscard]] core::result<effective_config> finish();

 private:
  static std::vector<std::string> split(const std::vector<std::string>& values) {
    std::vector<std::string> parts;
    for (std::string_view rest : values)
      while (!rest.empty()) parts.emplace_back(core::take_until(rest, ','));
    return parts;
  }

  std::map<std::string, found_setting, std::less<>> found_;
  std::vector<std::string> complaints_;
  std::vector<std::string> warnings_;
};

void collect_file(const setting_sources& sources, collector& into) {
  std::string path = sources.config_file;
  if (const auto named = sources.environment.find("GREENROOM_CONFIG");
      path.empty() && named != sources.environment.end()) {
    path = named->second;
  }
  if (path.empty()) {
    path = "greenroom.toml";
    std::error_code absent;
    if (!fs::exists(path, absent)) return;
  }
  const auto content = file_text(path);
  if (!content) return into.complain(path + ": " + content.why().text());
  auto entries = parse_config_file(*content);
  if (!entries) return into.complain(path + ": " + entries.why().text());
  for (auto& [key, values, line] : *entries) {
    into.keep(key, std::move(values), path + ":" + std::to_string(line));
  }
}

void collect_variable(const std::string& variable, const std::string& value, const setting_sources& sources,
                      collector& into) {
  using kind = variable_meaning::kind;
  const auto [what, meant] = meaning_of(variable, value);
  if (what == kind::option) return into.keep(meant->key, {value}, variable);
  if (what == kind::unknown)
    return into.warn("there is no option for the environment variable " + variable + "; the nearest is " +
                     nearest_variable(variable));
  if (what != kind::option_file) return;
  if (const auto both = sources.environment.find(meant->variable());
      both != sources.environment.end() && !both->second.empty())
    return into.complain(variable + " and " + meant->variable() + " are both set");
  auto content = secret_file_text(value);
  if (!content) return into.complain(variable + ": " + value + " " + content.why().text());
  into.keep(meant->key, {*std::move(content)}, variable);
}

void collect_environment(const setting_sources& sources, collector& into) {
  for (const auto& [variable, value] : sources.environment)
    if (variable.starts_with("GREENROOM_") && !value.empty()) collect_variable(variable, value, sources, into);
}

void fill_defaults(config& values) {
  if (values.node.empty()) {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    const std::array<std::string, 1> host{name.data()};
    if (!find_option("node")->read(values, host).empty()) values.node = "greenroom";
  }
  const auto below = [&](const char* file) { return "sqlite:" + (fs::path{values.data_dir} / file).string(); };
  if (values.users_db.empty()) values.users_db = below("users.db");
  if (values.chat_db.empty()) values.chat_db = below("chat.db");
  if (!values.irc_listen_set && values.roles.gateway) values.irc_listen = endpoint{"127.0.0.1", 6667};
  if (values.io_threads == 0) values.io_threads = static_cast<std::uint32_t>(net::available_cores());
  if (values.scheduler_threads == 0) values.scheduler_threads = static_cast<std::uint32_t>(net::available_cores());
  if (values.web_root.empty()) values.web_root = own_web_root().string();
}

std::vector<std::string> contradictions(const config& values) {
  std::vector<std::string> found;
  if (values.tls_cert.empty() != values.tls_key.empty()) {
    found.emplace_back("tls_cert, tls_key: a certificate and its key go together; set both or neither");
  }
  for (auto& one : irc_contradictions(values)) found.push_back(std::move(one));
  if (values.data_dir.empty()) found.emplace_back("data_dir: must not be empty");
  if (values.users_db == values.chat_db && values.users_db != "memory:") {
    found.emplace_back("users_db, chat_db: must be two databases");
  }
  if (values.websocket_idle <= values.websocket_ping) {
    found.emplace_back("websocket_idle: must be longer than websocket_ping");
  }
  const bool some = !values.link_cert.empty() || !values.link_key.empty() || !values.link_ca.empty();
  if (some && (values.link_cert.empty() || values.link_key.empty() || values.link_ca.empty())) {
    found.emplace_back("link_cert, link_key, link_ca: must be set together");
  }
  if (!values.cluster_secret_file.empty()) {
    if (const auto secret = strong_secret(values.cluster_secret_file); !secret)
      found.push_back("cluster_secret_file: " + values.cluster_secret_file + " " + secret.why().text());
  }
  for (const auto& [key, file] :
       {std::pair{"tls_cert", &values.tls_cert}, std::pair{"irc_tls_cert", &values.irc_tls_cert},
        std::pair{"link_cert", &values.link_cert}, std::pair{"link_ca", &values.link_ca}}) {
    if (file->empty()) continue;
    if (const auto text = file_text(*file); !text)
      found.push_back(std::string{key} + ": " + *file + " " + text.why().text());
  }
  for (const auto& [key, file] : {std::pair{"tls_key", &values.tls_key}, std::pair{"irc_tls_key", &values.irc_tls_key},
                                  std::pair{"link_key", &values.link_key}}) {
    if (file->empty()) continue;
    if (const auto closed = check_secret_file(*file); !closed)
      found.push_back(std::string{key} + ": " + *file + " " + closed.why().text());
  }
  return found;
}

std::string toml_value(const option& shown, const config& from) {
  std::string list;
  for (const auto& value : shown.show(from)) {
    const bool bare = core::is_number(value);
    list += (list.empty() ? "" : ", ") + (bare ? value : toml_string(value));
  }
  return shown.repeatable ? "[" + list + "]" : list;
}

core::result<effective_config> collector::finish() {
  effective_config effective;
  for (const option& known : options()) {
    const auto given = found_.find(known.key);
    if (given == found_.end()) continue;
    const auto& [values, source] = given->second;
    const auto complaint = known.read(effective.values, values);
    if (!complaint.empty()) complain(source + ": " + std::string{known.key} + " " + complaint);
  }
  fill_defaults(effective.values);
  if (complaints_.empty()) complaints_ = contradictions(effective.values);
  if (!complaints_.empty()) {
    std::string all;
    for (const auto& complaint : complaints_) all += (all.empty() ? "" : "\n") + complaint;
    return core::error{core::ec::bad_request, std::move(all)};
  }
  effective.warnings = std::move(warnings_);
  for (const option& known : options()) {
    const auto given = found_.find(known.key);
    effective.shown.push_back({std::string{known.key}, toml_value(known, effective.values),
                               given == found_.end() ? "default" : given->second.source});
  }
  return effective;
}

}  // namespace

core::result<effective_config> resolve(const setting_sources& sources) {
  collector found;
  collect_file(sources, found);
  collect_environment(sources, found);
  for (const auto& [key, values] : sources.flags) {
    const option* known = find_option(key);
    found.keep(key, values, known == nullptr ? "--" + key : known->flag());
  }
  return found.finish();
}

std::map<std::string, std::string, std::less<>> process_environment() {
  std::map<std::string, std::string, std::less<>> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

std::string config_text(const effective_config& effective) {
  std::string text;
  for (const auto& [key, value, source] : effective.shown) {
    auto line = key + " = " + value;
    line.resize(std::max<std::size_t>(line.size() + 2, 60), ' ');
    text += line + "# " + source + "\n";
  }
  return text;
}

}  // namespace greenroom::app
