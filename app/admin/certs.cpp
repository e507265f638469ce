#include "app/admin/certs.hpp"

#include <CLI/Validators.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "app/refusal.hpp"
#include "core/text.hpp"
#include "net/certificates.hpp"

namespace greenroom::app::admin {
namespace {

namespace fs = std::filesystem;
namespace certificates = net::certificates;

constexpr auto lifetime_of_authority = std::chrono::days{3652};
// The clocks of the nodes may be apart.
constexpr auto leeway = std::chrono::hours{1};
constexpr mode_t for_all = 0644;
constexpr mode_t for_owner = 0600;

// Whole or not at all, and never readable by more users than `mode` says.
core::status write_file(const fs::path& path, const std::string& text, mode_t mode) {
  const auto failed = [&] { return refusal("Can't write " + path.string() + ": " + std::strerror(errno) + "."); };
  const std::string part = path.string() + ".new";
  ::unlink(part.c_str());
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return failed();
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(file) == 0 && ::rename(part.c_str(), path.c_str()) == 0;
  ::close(file);
  if (written) return core::done{};
  const auto why = failed();
  ::unlink(part.c_str());
  return why;
}

core::status write_pair(const fs::path& folder, const std::string& name, const certificates::pair& what) {
  if (auto done = write_file(folder / (name + ".key"), what.key, for_owner); !done) return done;
  return write_file(folder / (name + ".pem"), what.certificate, for_all);
}

core::result<std::string> read_file(const fs::path& path) {
  std::ifstream file{path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) return refusal("Can't read " + path.string() + ".");
  return text;
}

core::result<certificates::pair> authority_in(const fs::path& folder, core::wall_time now, std::ostream& output) {
  std::error_code wrong;
  const bool has_certificate = fs::exists(folder / "ca.pem", wrong);
  const bool has_key = fs::exists(folder / "ca.key", wrong);
  if (has_certificate != has_key)
    return refusal(folder.string() + " has only one of ca.pem and ca.key: give the other, or take it away.");
  if (!has_key) {
    auto made = certificates::make_authority({"greenroom-cluster", now - leeway, now + lifetime_of_authority});
    if (!made) return made;
    if (auto written = write_pair(folder, "ca", *made); !written) return written.why();
    output << "made " << (folder / "ca.pem").string() << " and " << (folder / "ca.key").string() << '\n';
    return made;
  }
  auto certificate = read_file(folder / "ca.pem");
  auto key = read_file(folder / "ca.key");
  if (!certificate) return certificate.why();
  if (!key) return key.why();
  return certificates::pair{std::move(*certificate), std::move(*key)};
}

// The rule of the setting `node`; and its files must not be the authority's.
bool is_node_name(const std::string& name) { return core::is_plain_name(name, 64) && name != "ca"; }

core::status run(const certs_request& request, core::wall_time now, std::ostream& output) {
  for (const std::string& node : request.nodes)
    if (!is_node_name(node))
      return refusal("A node's name must be 1 to 64 letters, digits, '.', '_' or '-', and not ca: " + node + ".");
  const fs::path folder{request.folder};
  std::error_code wrong;
  fs::create_directories(folder, wrong);
  if (wrong) return refusal("Can't make " + folder.string() + ": " + wrong.message() + ".");
  const auto authority = authority_in(folder, now, output);
  if (!authority) return authority.why();
  for (const std::string& node : request.nodes) {
    const auto made = certificates::issue(*authority, {node, now - leeway, now + std::chrono::days{request.days}});
    if (!made) return refusal("No certificate for " + node + ": " + made.why().text());
    if (auto written = write_pair(folder, node, *made); !written) return written;
    output << "made " << (folder / (node + ".pem")).string() << " and " << (folder / (node + ".key")).string() << '\n';
  }
  return core::done{};
}

}  // namespace

void add_certs(CLI::App& admin, certs_request& request, const std::function<void()>& chosen) {
  auto* certs = admin.add_subcommand("certs", "Makes an authority and certificates for the links between nodes.");
  certs->add_option("folder", request.folder, "Where they go; an authority that is there signs.")
      ->type_name("DIR")
      ->required();
  certs->add_option("--node", request.nodes, "A node that gets a certificate, or a new one; may be repeated.")
      ->type_name("NAME");
  certs->add_option("--days", request.days, "How long a node's certificate is valid.")
      ->type_name("N")
      ->check(CLI::Range(1u, 3650u))
      ->capture_default_str();
  certs->callback(chosen);
}

int run_certs(const certs_request& request, core::wall_time now, std::ostream& output, std::ostream& complaints) {
  const auto done = run(request, now, output);
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
