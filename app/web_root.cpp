#include "app/web_root.hpp"

#include <system_error>

namespace greenroom::app {

namespace fs = std::filesystem;

fs::path web_root_of(const fs::path& beside) {
  for (const auto* where : {"../share/greenroom/web", "web", "../../web"}) {
    const auto folder = (beside / where).lexically_normal();
    std::error_code absent;
    if (fs::exists(folder / "index.html", absent)) return folder;
  }
  return "web";
}

fs::path client_root_of(const fs::path& web) {
  const auto folder = (web / "../clients/js/src").lexically_normal();
  std::error_code absent;
  return fs::is_directory(folder, absent) ? folder : fs::path{};
}

fs::path own_web_root() {
  std::error_code unknown;
  return web_root_of(fs::read_symlink("/proc/self/exe", unknown).parent_path());
}

}  // namespace greenroom::app
