#include "storage/soci/place_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>

#include "core/text.hpp"
#include "storage/random.hpp"

namespace greenroom::storage::soci {
namespace {

// "NAME COUNT"
std::string_view name_in(std::string_view place) { return place.substr(0, place.find(' ')); }

std::uint64_t count_in(std::string_view place) {
  core::take_until(place, ' ');
  const auto read = core::leading_number(place);
  return read ? read->first : 0;
}

[[noreturn]] void fail(const std::string& path) { throw std::system_error(errno, std::generic_category(), path); }

}  // namespace

void place_file::remember(int database) {
  struct stat found {};
  if (::fstat(database, &found) != 0) return;
  device_ = found.st_dev;
  inode_ = found.st_ino;
}

std::string place_file::replaced(const std::string& database) const {
  struct stat found {};
  if (::stat(database.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_) return {};
  return database + " isn't the file any more that this process has open";
}

std::string place_file::read() const {
  std::string line;
  std::ifstream file(path_);
  std::getline(file, line);
  return line;
}

std::string place_file::differs(const std::string& recorded) const {
  const auto beside = read();
  if (beside.empty() && recorded.empty()) return {};
  if (beside.empty()) return "it has been used elsewhere, and " + path_ + " doesn't know it";
  if (recorded.empty()) return path_ + " knows a newer one";
  if (name_in(recorded) != name_in(beside)) return path_ + " belongs to another database";
  // Higher by one after a crash between the two writes.
  if (count_in(recorded) >= count_in(beside)) return {};
  return "it is older than the one that was used last: its count is " + std::to_string(count_in(recorded)) +
         ", and that in " + path_ + " " + std::to_string(count_in(beside));
}

std::string place_file::next(const std::string& recorded) const {
  const auto name = recorded.empty() ? random_id() : std::string(name_in(recorded));
  return name + ' ' + std::to_string(std::max(count_in(recorded), count_in(read())) + 1);
}

void place_file::write(const std::string& place) const {
  const auto fresh = path_ + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail(fresh);
  const auto line = place + '\n';
  const bool written =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fdatasync(file) == 0;
  const int why = errno;
  ::close(file);
  errno = why;
  if (!written || std::rename(fresh.c_str(), path_.c_str()) != 0) fail(fresh);
}

}  // namespace greenroom::storage::soci
