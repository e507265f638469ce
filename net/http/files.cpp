#include "net/http/files.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "protocol/list_field.hpp"

namespace greenroom::net::http {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'";

std::string media_type(const std::string& extension) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types{{
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".md", "text/markdown; charset=utf-8"},
  }};
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const auto& type) { return type.first == extension; });
  return std::string(found == types.end() ? "application/octet-stream" : found->second);
}

// The first half of the content's SHA-256: other content, other tag.
std::string etag_of(const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return '"' + core::to_hex({reinterpret_cast<const char*>(digest.data()), size / 2}) + '"';
}

// If-None-Match compares weakly (RFC 9110 section 13.1.2), and may come on several lines.
bool names_tag(const request& asked, std::string_view etag) {
  const auto [first, last] = asked.equal_range(boost::beast::http::field::if_none_match);
  return std::any_of(first, last, [etag](const auto& line) {
    const protocol::list_members tags{std::string_view{line.value().data(), line.value().size()}};
    return std::any_of(tags.begin(), tags.end(),
                       [etag](std::string_view one) { return one == "*" || protocol::same_tag(one, etag); });
  });
}

std::optional<std::string> read_whole(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  return file.bad() ? std::nullopt : std::optional{std::move(content)};
}

core::error cannot_read(const fs::path& path) { return {core::ec::unavailable, "cannot read " + path.string(), 0}; }

}  // namespace

core::result<files> files::load(const fs::path& folder) {
  files loaded;
  std::error_code wrong;
  for (fs::recursive_directory_iterator at{folder, wrong}, end; !wrong && at != end; at.increment(wrong)) {
    const fs::path& path = at->path();
    if (path.filename().string().starts_with('.')) {
      at.disable_recursion_pending();
      continue;
    }
    if (at->is_symlink() || !at->is_regular_file()) continue;
    auto content = read_whole(path);
    if (!content) return cannot_read(path);
    std::string tag = etag_of(*content);
    loaded.by_path_.emplace('/' + path.lexically_relative(folder).generic_string(),
                            file{std::make_shared<const std::string>(*std::move(content)), std::move(tag),
                                 media_type(path.extension().string())});
  }
  if (wrong) return cannot_read(folder);
  return loaded;
}

void files::serve(const exchange_ptr& ask) const {
  const std::string path = ask->path() == "/" ? "/index.html" : core::percent_decoded(ask->path());
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return ask->problem({core::ec::not_found, {}, 0});
  const file& wanted = found->second;
  answer what{200,
              wanted.content_type,
              {{"ETag", wanted.etag},
               {"Cache-Control", "no-cache"},
               {"Content-Security-Policy", std::string(security_policy)},
               {"Referrer-Policy", "no-referrer"}},
              {},
              wanted.content};
  if (names_tag(ask->raw(), wanted.etag)) {
    what.status = 304;
    what.content_type.clear();
    what.shared_body.reset();
  }
  ask->send(std::move(what));
}

}  // namespace greenroom::net::http
