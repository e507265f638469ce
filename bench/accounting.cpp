#include "bench/accounting.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

namespace greenroom::bench {
namespace {

struct process_figures {
  int parent = 0;
  usage taken;
};

double ticks_per_second() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

bool read_process(const std::filesystem::path& folder, process_figures& out) {
  std::ifstream file(folder / "stat");
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  const auto name_end = all.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream rest(all.substr(name_end + 2));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  if (fields.size() < 22) return false;
  double ticks = 0;
  for (std::size_t i = 11; i <= 14; ++i) ticks += std::stod(fields[i]);  // utime, stime, those of reaped children
  out.parent = std::stoi(fields[1]);
  out.taken = {ticks / ticks_per_second(),
               std::stod(fields[21]) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20)};
  return true;
}

std::map<int, process_figures> all_processes() {
  std::map<int, process_figures> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    int pid = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc{} || end != name.data() + name.size()) continue;
    process_figures figures;
    if (read_process(entry.path(), figures)) all.emplace(pid, figures);
  }
  return all;
}

}  // namespace

usage usage_of(const std::vector<int>& roots) {
  const auto all = all_processes();
  usage sum;
  for (const auto& [pid, figures] : all) {
    auto at = pid;
    for (int hops = 0; hops < 32 && at > 1; ++hops) {
      if (std::find(roots.begin(), roots.end(), at) != roots.end()) {
        sum.cpu_s += figures.taken.cpu_s;
        sum.rss_mb += figures.taken.rss_mb;
        break;
      }
      const auto parent = all.find(at);
      at = parent == all.end() ? 0 : parent->second.parent;
    }
  }
  return sum;
}

double own_cpu_s() {
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  return static_cast<double>(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
         static_cast<double>(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

std::vector<processor> processors() {
  std::ifstream file("/proc/stat");
  std::vector<processor> out;
  for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
    if (line[3] == ' ') continue;
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<double> ticks(std::istream_iterator<double>(words), {});
    ticks.resize(8);
    const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    out.push_back({busy / ticks_per_second(), ticks[7] / ticks_per_second()});
  }
  return out;
}

}  // namespace greenroom::bench
