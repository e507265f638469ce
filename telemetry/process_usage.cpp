#include "telemetry/process_usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <system_error>

namespace greenroom::telemetry {
namespace {

void put(std::string& out, std::string_view name, std::string_view type, double value) {
  std::ostringstream text;
  text.precision(15);
  text << "# TYPE " << name << ' ' << type << '\n' << name << ' ' << value << '\n';
  out += text.str();
}

void put_stat(std::string& out) {
  std::ifstream file{"/proc/self/stat"};
  std::string stat{std::istreambuf_iterator<char>{file}, {}};
  const auto name_end = stat.rfind(')');  // the program's name may hold anything
  if (name_end == std::string::npos) return;
  std::istringstream fields{stat.substr(name_end + 1)};
  // Numbered as in proc(5), from the third on.
  std::string skipped;
  const auto skip = [&](int count) {
    for (int i = 0; i < count; ++i) fields >> skipped;
  };
  double user = 0, kernel = 0, begun = 0, pages = 0;
  skip(11);
  fields >> user >> kernel;
  skip(6);
  fields >> begun >> skipped >> pages;
  if (!fields) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  put(out, "process_cpu_seconds_total", "counter", (user + kernel) / ticks);
  put(out, "process_resident_memory_bytes", "gauge", pages * static_cast<double>(sysconf(_SC_PAGESIZE)));

  std::ifstream machine{"/proc/stat"};
  for (std::string line; std::getline(machine, line);) {
    if (!line.starts_with("btime ")) continue;
    put(out, "process_start_time_seconds", "gauge", std::stod(line.substr(6)) + begun / ticks);
    break;
  }
}

void put_files(std::string& out) {
  std::error_code failed;
  std::uint64_t open = 0;
  for (std::filesystem::directory_iterator at{"/proc/self/fd", failed}, end; !failed && at != end; at.increment(failed))
    ++open;
  if (!failed && open > 0) put(out, "process_open_fds", "gauge", static_cast<double>(open));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    put(out, "process_max_fds", "gauge", static_cast<double>(limit.rlim_cur));
}

}  // namespace

std::string process_usage() {
  std::string out;
  put_stat(out);
  put_files(out);
  return out;
}

}  // namespace greenroom::telemetry
