#include "test/support/postgres_cluster.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

namespace greenroom::test {
namespace {

std::string missing;

// The newest of Debian's versions.
std::filesystem::path find_binaries() {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
    if (std::filesystem::exists(version.path() / "bin" / "initdb")) found.push_back(version.path() / "bin");
  std::sort(found.begin(), found.end());
  return found.empty() ? std::filesystem::path{} : found.back();
}

// PostgreSQL refuses to run as root.
const passwd* other_user() {
  if (::geteuid() != 0) return nullptr;
  if (const passwd* const postgres = ::getpwnam("postgres")) return postgres;
  return ::getpwnam("nobody");
}

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(probe);
  return ntohs(address.sin_port);
}

int exit_code(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::unique_ptr<postgres_cluster>& holder() {
  static std::unique_ptr<postgres_cluster> cluster;
  return cluster;
}

}  // namespace

const std::string& postgres_cluster::why_missing() { return missing; }

postgres_cluster* postgres_cluster::shared() {
  static const bool tried = [] {
    const auto binaries = find_binaries();
    if (binaries.empty()) {
      missing = "NOT TESTED on PostgreSQL: there is no /usr/lib/postgresql/*/bin (install the package postgresql)";
      return true;
    }
    std::string folder = (std::filesystem::temp_directory_path() / "greenroom-pg-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      missing = "NOT TESTED on PostgreSQL: no temporary folder";
      return true;
    }
    std::unique_ptr<postgres_cluster> made(new postgres_cluster(binaries, folder));
    if (made->server_ > 0) holder() = std::move(made);
    return true;
  }();
  static_cast<void>(tried);
  return holder().get();
}

postgres_cluster::postgres_cluster(std::filesystem::path binaries, std::filesystem::path folder)
    : binaries_(std::move(binaries)), folder_(std::move(folder)), port_(free_port()) {
  if (const passwd* const user = other_user())
    if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) std::perror("chown");
  // Only initdb's own files are written without fsync: the server that the tests see is as durable as any.
  const std::string options =
      "-D " + (folder_ / "data").string() + " -U postgres -A trust -E UTF8 --locale=C --no-sync";
  if (exit_code(spawn("initdb", options, (folder_ / "initdb.log").string())) != 0) {
    missing = "NOT TESTED on PostgreSQL: initdb failed";
    return;
  }
  std::ofstream(folder_ / "data" / "postgresql.conf", std::ios::app)
      << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '" << folder_.string()
      << "'\nfsync = on\nrecovery_init_sync_method = syncfs\nshared_buffers = 64MB\nmax_connections = "
         "50\nlog_min_messages = fatal\n";
  start();
}

postgres_cluster::~postgres_cluster() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

pid_t postgres_cluster::spawn(const std::string& program, const std::string& arguments, const std::string& output) {
  const passwd* const user = other_user();
  const std::string path = (binaries_ / program).string();
  std::vector<std::string> words{program};
  for (std::size_t from = 0; from < arguments.size();) {
    const auto to = std::min(arguments.find(' ', from), arguments.size());
    words.push_back(arguments.substr(from, to - from));
    from = to + 1;
  }
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (user != nullptr) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (::chdir("/") != 0) ::_exit(126);
  ::execv(path.c_str(), argv.data());
  ::_exit(127);
}

bool postgres_cluster::wait_until_ready() {
  const std::string options = "-q -h " + folder_.string() + " -p " + std::to_string(port_) + " -U postgres";
  for (int tries = 0; tries < 300; ++tries) {
    if (exit_code(spawn("pg_isready", options, "/dev/null")) == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

void postgres_cluster::start() {
  server_ = spawn("postgres", "-D " + (folder_ / "data").string(), (folder_ / "server.log").string());
  if (wait_until_ready()) return;
  missing = "NOT TESTED on PostgreSQL: the server doesn't start, see server.log in " + folder_.string();
  stop();
}

void postgres_cluster::stop() {
  if (server_ <= 0) return;
  ::kill(server_, SIGQUIT);
  exit_code(server_);
  server_ = -1;
}

std::filesystem::path postgres_cluster::data() const { return folder_ / "data"; }

std::string postgres_cluster::empty_database(const std::string& name) {
  const std::string server = "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/";
  // Half a second to make one, and as much to delete its files at the end: so each name is made once.
  if (databases_.insert(name).second)
    run(server + "postgres", "create database " + name);
  else
    run(server + name, "set client_min_messages = error; drop schema public cascade; create schema public");
  return server + name;
}

std::string postgres_cluster::run(const std::string& url, const std::string& sql) {
  std::string quoted;
  for (const char c : sql) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  const std::string command =
      (binaries_ / "psql").string() + " -qAtX -v ON_ERROR_STOP=1 '" + url + "' -c '" + quoted + "'";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> chunk{};
  for (std::size_t read = 0; (read = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    output.append(chunk.data(), read);
  if (::pclose(pipe) != 0) {
    std::fprintf(stderr, "psql failed: %s\n", sql.c_str());
    std::abort();
  }
  while (output.ends_with('\n')) output.pop_back();
  return output;
}

}  // namespace greenroom::test
