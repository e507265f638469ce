#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "app/options.hpp"

namespace greenroom::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// Each test stands in a folder of its own, without a greenroom.toml.
class Config : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() / ("greenroom-config-" + std::to_string(getpid()) + test->name());
    std::filesystem::create_directories(folder_);
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }

  static void write(const std::string& path, const std::string& content) { std::ofstream{path} << content; }
  /// As a file with a secret should be.
  static void write_closed(const std::string& path, const std::string& content) {
    write(path, content);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  }

  static config good(const setting_sources& sources) {
    const auto effective = resolve(sources);
    EXPECT_TRUE(effective.ok()) << effective.why().text();
    return effective.ok() ? effective->values : config{};
  }

  static std::string complaint(const setting_sources& sources) {
    const auto effective = resolve(sources);
    return effective.ok() ? "accepted" : effective.why().text();
  }

  static std::string source_of(const setting_sources& sources, std::string_view key) {
    const auto effective = resolve(sources);
    if (!effective.ok()) return effective.why().text();
    const auto& shown = effective->shown;
    const auto found = std::find_if(shown.begin(), shown.end(), [&](const auto& s) { return s.key == key; });
    return found == shown.end() ? "absent" : found->value + " from " + found->source;
  }

 private:
  std::filesystem::path folder_;
  std::filesystem::path before_;
};

TEST_F(Config, DefaultsListenOnLoopbackWithSqliteInTheDataFolder) {
  const auto values = good({});
  EXPECT_EQ(role_set{}, values.roles);
  EXPECT_EQ("127.0.0.1:5000", values.gateway_listen.text());
  EXPECT_EQ("127.0.0.1:8080", values.discovery_listen.text());
  EXPECT_EQ("127.0.0.1:8008", values.chat_listen.text());
  EXPECT_EQ("127.0.0.1:8010", values.users_listen.text());
  EXPECT_EQ("127.0.0.1:7000", values.link_listen.text());
  EXPECT_EQ("127.0.0.1:7000", values.discovery.text());
  EXPECT_EQ("sqlite:./data/users.db", values.users_db);
  EXPECT_EQ("sqlite:./data/chat.db", values.chat_db);
  EXPECT_EQ((rate{3, 10}), values.rate_limits[static_cast<std::size_t>(core::limit_class::status)]);
  EXPECT_EQ((rate{20, 3600}), values.rate_limits[static_cast<std::size_t>(core::limit_class::create)]);
  EXPECT_EQ((rate{30, 10}), values.rate_limits[static_cast<std::size_t>(core::limit_class::act)]);
  EXPECT_EQ(milliseconds{3'000}, values.idle_timeout);
  EXPECT_EQ(4U, values.password_min_length);
  EXPECT_FALSE(values.node.empty());
  EXPECT_GE(values.io_threads, 1U);
  EXPECT_GE(values.scheduler_threads, 1U);
}

TEST_F(Config, FlagsWinOverEnvironmentOverFileOverDefaults) {
  write("greenroom.toml", "idle_timeout = \"5s\"\nnode = \"from-file\"\nlog_level = \"warn\"\n");
  setting_sources sources;
  sources.environment = {{"GREENROOM_NODE", "from-env"}, {"GREENROOM_LOG_LEVEL", "error"}, {"HOME", "/root"}};
  sources.flags = {{"log_level", {"debug"}}};
  EXPECT_EQ("\"5s\" from greenroom.toml:1", source_of(sources, "idle_timeout"));
  EXPECT_EQ("\"from-env\" from GREENROOM_NODE", source_of(sources, "node"));
  EXPECT_EQ("\"debug\" from --log-level", source_of(sources, "log_level"));
  EXPECT_EQ("\"text\" from default", source_of(sources, "log_format"));
}

TEST_F(Config, TheFileMayBeNamedByFlagOrVariableAndMustExistThen) {
  write("a.toml", "node = \"a\"");
  write("b.toml", "node = \"b\"");
  setting_sources sources;
  sources.environment = {{"GREENROOM_CONFIG", "a.toml"}};
  EXPECT_EQ("a", good(sources).node);
  sources.config_file = "b.toml";
  EXPECT_EQ("b", good(sources).node);
  sources.config_file = "c.toml";
  EXPECT_EQ("c.toml: can't be read: No such file or directory", complaint(sources));
  sources.config_file = ".";
  EXPECT_EQ(".: is a folder, where a file is wanted", complaint(sources));
  sources.config_file = "/dev/zero";
  EXPECT_EQ("/dev/zero: is larger than 1 MiB", complaint(sources));
}

TEST_F(Config, AnUnknownKeyOrFlagIsAnErrorThatNamesTheNearest) {
  write("greenroom.toml", "# first\nidle_time = \"5s\"");
  setting_sources sources;
  sources.flags = {{"bogus", {"1"}}};
  EXPECT_THAT(complaint(sources),
              AllOf(HasSubstr("greenroom.toml:2: there is no option idle_time; the nearest is idle_timeout"),
                    HasSubstr("--bogus: there is no option bogus")));
}

TEST_F(Config, AnUnknownVariableIsAWarningThatNamesTheNearest) {
  setting_sources sources;
  sources.environment = {{"GREENROOM_NOED", "x"}, {"GREENROOM_CHAT_DB_FIEL", "x"}, {"GREENHOUSE", "x"}};
  const auto effective = resolve(sources);
  ASSERT_TRUE(effective.ok()) << effective.why().text();
  EXPECT_THAT(
      effective->warnings,
      ElementsAre("there is no option for the environment variable GREENROOM_CHAT_DB_FIEL; the nearest is "
                  "GREENROOM_CHAT_DB_FILE",
                  "there is no option for the environment variable GREENROOM_NOED; the nearest is GREENROOM_NODE"));
}

TEST_F(Config, WhatKubernetesAndContainerLinksSayIsPassedOver) {
  setting_sources sources;
  sources.environment = {{"GREENROOM_PORT", "tcp://10.0.0.1:5000"},
                         {"GREENROOM_PORT_5000_TCP", "tcp://10.0.0.1:5000"},
                         {"GREENROOM_PORT_5000_TCP_ADDR", "10.0.0.1"},
                         {"GREENROOM_PORT_5000_TCP_PORT", "5000"},
                         {"GREENROOM_PORT_5000_TCP_PROTO", "tcp"},
                         {"GREENROOM_SERVICE_HOST", "10.0.0.1"},
                         {"GREENROOM_SERVICE_PORT", "5000"},
                         {"GREENROOM_SERVICE_PORT_HTTP", "5000"},
                         {"GREENROOM_CHAT_SERVICE_HOST", "10.0.0.2"},
                         {"GREENROOM_CHAT_PORT", "udp://10.0.0.2:8008"},
                         {"GREENROOM_CHAT_PORT_8008_UDP_PROTO", "udp"},
                         {"GREENROOM_NAME", "/web/greenroom"},
                         {"GREENROOM_ENV_PATH", "/bin"}};
  const auto effective = resolve(sources);
  ASSERT_TRUE(effective.ok()) << effective.why().text();
  EXPECT_THAT(effective->warnings, ElementsAre());
  sources.environment = {{"GREENROOM_PORT", "5000"}, {"GREENROOM_SERVICE_PORT", "all"}, {"GREENROOM_NAME", "n1"}};
  EXPECT_EQ(3U, resolve(sources)->warnings.size());
}

TEST_F(Config, AnEmptyVariableIsAsNone) {
  write("greenroom.toml", "node = \"from-file\"");
  setting_sources sources;
  sources.environment = {{"GREENROOM_NODE", ""},    {"GREENROOM_CONFIG", ""},       {"GREENROOM_ROLES", ""},
                         {"GREENROOM_BOGUS", ""},   {"GREENROOM_CHAT_DB_FILE", ""}, {"GREENROOM_CHAT_DB", "memory:"},
                         {"GREENROOM_USERS_DB", ""}};
  const auto effective = resolve(sources);
  ASSERT_TRUE(effective.ok()) << effective.why().text();
  EXPECT_EQ("from-file", effective->values.node);
  EXPECT_EQ("memory:", effective->values.chat_db);
  EXPECT_EQ("sqlite:./data/users.db", effective->values.users_db);
  EXPECT_THAT(effective->warnings, ElementsAre());
}

TEST_F(Config, EveryBadValueIsRefusedWithItsSource) {
  const std::pair<const char*, const char*> bad[] = {
      {"roles", "users,mail"},
      {"roles", ""},
      {"node", "a b"},
      {"node", ""},
      {"users_db", "mysql://x"},
      {"chat_db", "sqlite:"},
      {"gateway_listen", "5000"},
      {"gateway_listen", "example.org:5000"},
      {"discovery", "127.0.0.1:0"},
      {"rate_limit", "status"},
      {"rate_limit", "mail=3/10"},
      {"rate_limit", "status=3"},
      {"rate_limit", "none=1/1"},
      {"idle_timeout", "3"},
      {"idle_timeout", "1ms"},
      {"idle_timeout", "2d"},
      {"max_frame", "1KiB"},
      {"password_min_length", "3"},
      {"password_min_length", "-4"},
      {"posts_in_flight", "0"},
      {"log_level", "loud"},
      {"log_format", "xml"},
      {"trusted_proxies", "10.0.0.0/33"},
      {"trusted_proxies", "proxy.example"},
      {"proxy_header", "x-real-ip"},
      {"metrics_listen", "localhost"},
      {"metrics_listen", "9100"},
      {"allowed_origins", "chat.example.org"},
      {"allowed_origins", "https://chat.example.org/"},
      {"data_dir", "a\nb"},
      {"data_dir", ""},
      {"io_threads", "many"},
  };
  for (const auto& [key, value] : bad) {
    setting_sources sources;
    sources.flags = {{key, {value}}};
    EXPECT_THAT(complaint(sources), AllOf(HasSubstr(key), HasSubstr("must"))) << key << " = " << value;
  }
}

TEST_F(Config, ReportsEveryComplaintAtOnce) {
  setting_sources sources;
  sources.flags = {{"log_level", {"loud"}}, {"idle_timeout", {"soon"}}};
  EXPECT_THAT(complaint(sources), AllOf(HasSubstr("--log-level: log_level must be debug"),
                                        HasSubstr("--idle-timeout: idle_timeout must be a time from 100ms to 1h")));
}

TEST_F(Config, RateLimitsChangeOneClassOrAll) {
  setting_sources sources;
  sources.flags = {{"rate_limit", {"status=off", "auth=2/1"}}};
  auto limits = good(sources).rate_limits;
  EXPECT_EQ(rate{}, limits[static_cast<std::size_t>(core::limit_class::status)]);
  EXPECT_EQ((rate{2, 1}), limits[static_cast<std::size_t>(core::limit_class::auth)]);
  EXPECT_EQ((rate{100, 10}), limits[static_cast<std::size_t>(core::limit_class::api)]);
  sources.flags = {};
  sources.environment = {{"GREENROOM_RATE_LIMIT", "off,send=5/1"}};
  limits = good(sources).rate_limits;
  EXPECT_EQ(rate{}, limits[static_cast<std::size_t>(core::limit_class::create)]);
  EXPECT_EQ((rate{5, 1}), limits[static_cast<std::size_t>(core::limit_class::send)]);
}

TEST_F(Config, ListsAreArraysCommasOrRepeatedFlags) {
  setting_sources by_flags;
  by_flags.flags = {{"roles", {"users", "chat"}}};
  EXPECT_EQ((role_set{false, true, true, false}), good(by_flags).roles);
  setting_sources by_environment;
  by_environment.environment = {{"GREENROOM_ROLES", "users,chat"}};
  EXPECT_EQ((role_set{false, true, true, false}), good(by_environment).roles);
  write("greenroom.toml",
        "roles = [\"users\", \"chat\"]\nallowed_origins = [\"https://a.example\", \"http://b:8080\"]");
  EXPECT_EQ((role_set{false, true, true, false}), good({}).roles);
  EXPECT_THAT(good({}).allowed_origins, ElementsAre("https://a.example", "http://b:8080"));
}

TEST_F(Config, ReadsWhoStandsBeforeTheGatewayAndWhereOperatorsAsk) {
  EXPECT_EQ(good({}).metrics_listen, std::nullopt);
  setting_sources sources;
  sources.flags = {{"trusted_proxies", {"10.0.0.0/8", "2001:db8::7"}},
                   {"proxy_header", {"proxy-v2"}},
                   {"metrics_listen", {"[::1]:9100"}}};
  const auto values = good(sources);
  EXPECT_THAT(values.trusted_proxies, ElementsAre("10.0.0.0/8", "2001:db8::7"));
  EXPECT_EQ(values.proxy_header, net::http::proxy_words::proxy_v2);
  EXPECT_EQ(values.metrics_listen, (endpoint{"::1", 9100}));
}

TEST_F(Config, OneValueIsOneValue) {
  write("greenroom.toml", "node = [\"a\", \"b\"]");
  EXPECT_EQ("greenroom.toml:1: node takes one value", complaint({}));
}

TEST_F(Config, SecretsComeFromFilesAndAreNeverShown) {
  write_closed("url", "postgresql://greenroom:hunter2@db/users?sslmode=require&password=hunter3\n");
  setting_sources sources;
  sources.environment = {{"GREENROOM_USERS_DB_FILE", "url"},
                         {"GREENROOM_CHAT_DB", "postgresql://db/chat?password=hunter4"}};
  const auto effective = resolve(sources);
  ASSERT_TRUE(effective.ok()) << effective.why().text();
  EXPECT_EQ("postgresql://greenroom:hunter2@db/users?sslmode=require&password=hunter3", effective->values.users_db);
  const auto text = config_text(*effective);
  EXPECT_THAT(text, Not(HasSubstr("hunter")));
  EXPECT_THAT(text, HasSubstr("postgresql://***@db/users?sslmode=require&password=***"));
  EXPECT_THAT(text, HasSubstr("GREENROOM_USERS_DB_FILE"));
}

TEST_F(Config, ASecretComesFromOnePlaceThatCanBeRead) {
  setting_sources sources;
  sources.environment = {{"GREENROOM_USERS_DB_FILE", "absent"}};
  EXPECT_EQ("GREENROOM_USERS_DB_FILE: absent can't be read: No such file or directory", complaint(sources));
  write("open", "memory:");
  sources.environment = {{"GREENROOM_USERS_DB_FILE", "open"}};
  EXPECT_THAT(complaint(sources), HasSubstr("GREENROOM_USERS_DB_FILE: open holds a secret and can be read"));
  sources.environment.emplace("GREENROOM_USERS_DB", "memory:");
  EXPECT_EQ("GREENROOM_USERS_DB_FILE and GREENROOM_USERS_DB are both set", complaint(sources));
}

TEST_F(Config, ShowsATextThatItReadsBack) {
  setting_sources sources;
  sources.flags = {{"node", {"n1"}}, {"rate_limit", {"auth=off"}}, {"outbox", {"2MiB"}}, {"max_connections", {"77"}}};
  const auto first = resolve(sources);
  ASSERT_TRUE(first.ok()) << first.why().text();
  auto text = config_text(*first);
  // Files that aren't set are empty, which is what their default is.
  write("greenroom.toml", text);
  const auto second = resolve({});
  ASSERT_TRUE(second.ok()) << second.why().text();
  for (std::size_t i = 0; i < first->shown.size(); ++i) {
    EXPECT_EQ(first->shown[i].value, second->shown[i].value) << first->shown[i].key;
  }
  EXPECT_EQ(77U, second->values.max_connections);
}

TEST_F(Config, WantsACertificateWithItsKey) {
  setting_sources sources;
  sources.flags = {{"tls_cert", {"cert.pem"}}};
  EXPECT_THAT(complaint(sources), HasSubstr("tls_cert, tls_key: a certificate and its key go together"));
  sources.flags["tls_key"] = {"absent.key"};
  write("cert.pem", "certificate");
  EXPECT_EQ("tls_key: absent.key can't be read: No such file or directory", complaint(sources));
}

TEST_F(Config, WantsTheThreeFilesOfLinksTogether) {
  setting_sources sources;
  sources.flags = {{"link_cert", {"a.pem"}}, {"link_key", {"a.key"}}};
  EXPECT_THAT(complaint(sources), HasSubstr("link_cert, link_key, link_ca: must be set together"));
  sources.flags["link_ca"] = {"ca.pem"};
  EXPECT_THAT(complaint(sources),
              AllOf(HasSubstr("link_cert: a.pem can't be read"), HasSubstr("link_ca: ca.pem can't")));
  write("a.pem", "certificate");
  write("ca.pem", "certificate");
  write("a.key", "key");
  EXPECT_THAT(complaint(sources), HasSubstr("link_key: a.key holds a secret and can be read"));
  write_closed("a.key", "key");
  EXPECT_EQ("ca.pem", good(sources).link_ca);
}

TEST_F(Config, AdvertisesOnlyWhatOthersCanReach) {
  setting_sources sources;
  for (const auto* host : {"10.0.0.1", "::1", "chat-1.example.org"}) {
    sources.flags = {{"advertise", {host}}};
    EXPECT_EQ(host, good(sources).advertise);
  }
  for (const auto* host : {"0.0.0.0", "::", "a b", "http://a", "a/b"}) {
    sources.flags = {{"advertise", {host}}};
    EXPECT_THAT(complaint(sources), HasSubstr("advertise must be")) << host;
  }
}

TEST_F(Config, RefusesSettingsThatContradictEachOther) {
  setting_sources same;
  same.flags = {{"users_db", {"sqlite:a.db"}}, {"chat_db", {"sqlite:a.db"}}};
  EXPECT_EQ("users_db, chat_db: must be two databases", complaint(same));
  setting_sources silent;
  silent.flags = {{"websocket_ping", {"10s"}}, {"websocket_idle", {"10s"}}};
  EXPECT_EQ("websocket_idle: must be longer than websocket_ping", complaint(silent));
  setting_sources memory;
  memory.flags = {{"users_db", {"memory:"}}, {"chat_db", {"memory:"}}};
  EXPECT_EQ("memory:", good(memory).chat_db);
}

TEST_F(Config, AClusterSecretMustBeReadableClosedAndStrong) {
  setting_sources sources;
  sources.flags = {{"cluster_secret_file", {"secret"}}};
  const auto with = [&](const std::string& secret) {
    std::filesystem::remove("secret");
    write_closed("secret", secret);
    return complaint(sources);
  };
  EXPECT_EQ("cluster_secret_file: secret can't be read: No such file or directory", complaint(sources));
  EXPECT_EQ("cluster_secret_file: secret must have at least 32 bytes", with("short"));
  EXPECT_EQ("cluster_secret_file: secret must have at least 32 bytes", with(std::string(31, 'x') + "\n"));
  for (const auto& weak : {std::string(32, 'x'), std::string(64, '\0'), std::string("abcdef") + std::string(40, 'h'),
                           std::string("password01password01password01password01")})
    EXPECT_THAT(with(weak), HasSubstr("secret is too easy to guess")) << weak;
  for (const auto* strong : {"0123456789abcdef0123456789abcdef", "4f6d2f0be2a8b7c1d39e5a60718293a4\n",
                             "hX2l0m7t9S8dQv5bT1rKfE3uYw6zAaCc4GgHhJjLlNn="})
    EXPECT_EQ("accepted", with(strong)) << strong;
  std::filesystem::permissions("secret", std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_THAT(complaint(sources), HasSubstr("cluster_secret_file: secret holds a secret and can be read"));
}

TEST(Options, HaveOneNameEachAndSayWhatTheyAre) {
  std::set<std::string> flags;
  for (const auto& option : options()) {
    EXPECT_TRUE(flags.insert(option.flag()).second) << option.key;
    EXPECT_FALSE(option.meaning.empty()) << option.key;
    EXPECT_FALSE(option.holds.empty()) << option.key;
  }
  EXPECT_EQ("--gateway-listen", find_option("gateway_listen")->flag());
  EXPECT_EQ("GREENROOM_GATEWAY_LISTEN", find_option("gateway_listen")->variable());
}

}  // namespace
}  // namespace greenroom::app
