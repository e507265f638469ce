#include "app/file_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bitset>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "app/refusal.hpp"

namespace greenroom::app {
namespace {

/// A descriptor that is closed.
class open_file {
 public:
  // A pipe without a writer must not hold up the start.
  explicit open_file(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~open_file() {
    if (fd_ >= 0) ::close(fd_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

core::error unreadable() { return refusal(std::string("can't be read: ") + std::strerror(errno)); }

core::status check(const open_file& file, bool is_secret) {
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return unreadable();
  if (S_ISDIR(about.st_mode)) return refusal("is a folder, where a file is wanted");
  if (is_secret && (about.st_mode & (S_IROTH | S_IWOTH)) != 0)
    return refusal(
        "holds a secret and can be read or changed by everybody: chmod o-rw it (in Kubernetes, give the "
        "volume defaultMode: 0440)");
  return core::done{};
}

core::result<std::string> read_all(const open_file& file) {
  std::string text;
  std::array<char, 4096> piece;
  for (;;) {
    const auto count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable();
    if (count == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > most_file_bytes) return refusal("is larger than 1 MiB");
  }
}

core::result<std::string> text_of(const std::string& path, bool is_secret) {
  const open_file file{path};
  if (auto good = check(file, is_secret); !good) return good.why();
  return read_all(file);
}

// The length of the shortest piece that the text is made of, over and over: by the borders of its beginnings
// (Knuth, Morris, Pratt).
std::size_t period_of(std::string_view text) {
  std::vector<std::size_t> border(text.size() + 1, 0);
  for (std::size_t i = 1, k = 0; i < text.size(); ++i) {
    while (k > 0 && text[i] != text[k]) k = border[k];
    if (text[i] == text[k]) ++k;
    border[i + 1] = k;
  }
  return text.size() - border[text.size()];
}

}  // namespace

core::result<std::string> file_text(const std::string& path) { return text_of(path, false); }

core::result<std::string> secret_file_text(const std::string& path) {
  auto text = text_of(path, true);
  if (text) text->erase(text->find_last_not_of("\r\n") + 1);
  return text;
}

core::status check_secret_file(const std::string& path) { return check(open_file{path}, true); }

std::string weakness_of(std::string_view secret) {
  constexpr std::size_t least = 32, least_different = 8, least_period = 16;
  if (secret.size() < least) return "must have at least 32 bytes";
  std::bitset<256> seen;
  for (const char c : secret) seen.set(static_cast<unsigned char>(c));
  if (seen.count() < least_different || period_of(secret) < least_period)
    return "is too easy to guess: `head -c 32 /dev/urandom | base64` makes one that isn't";
  return {};
}

core::result<std::string> strong_secret(const std::string& path) {
  auto secret = secret_file_text(path);
  if (!secret) return secret;
  if (auto weakness = weakness_of(*secret); !weakness.empty()) return refusal(std::move(weakness));
  return secret;
}

}  // namespace greenroom::app
