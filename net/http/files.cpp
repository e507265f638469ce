#include "net/http/files.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "core/text.hpp"
#include "protocol/accept_encoding.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::net::http {
namespace {

namespace fs = std::filesystem;

// For a page from here: nothing of other servers, no script made from text, but for the one policy by which the
// page names its service worker (web/README.md).
constexpr std::string_view security_policy =
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types greenroom";
constexpr std::string_view unused_features =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

constexpr std::array<std::string_view, 6> for_developers{"README.md",         "LICENSE",      "package.json",
                                                         "package-lock.json", "node_modules", "tools"};

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

// Of a type that browsers open in a window of its own: only a document has features that can be forbidden.
bool is_document(std::string_view type) {
  return type.starts_with("text/html") || type == "image/svg+xml" || type == "text/plain; charset=utf-8";
}

// `app-7QJ5XKZA.js`, as esbuild names files: eight digits of base 32 before the extension.
bool has_hash(const fs::path& path) {
  constexpr std::size_t digits = 8;
  const std::string stem = path.stem().string();
  if (stem.size() < digits + 2 || stem[stem.size() - digits - 1] != '-') return false;
  return std::all_of(stem.end() - digits, stem.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
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

std::string accepted_codings(const request& asked) {
  std::string out;
  const auto [first, last] = asked.equal_range(boost::beast::http::field::accept_encoding);
  for (auto line = first; line != last; ++line)
    out.append(out.empty() ? "" : ",").append(line->value().data(), line->value().size());
  return out;
}

std::optional<std::string> read_whole(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  return file.bad() ? std::nullopt : std::optional{std::move(content)};
}

core::error cannot_read(const fs::path& path) { return {core::ec::unavailable, "cannot read " + path.string(), 0}; }

}  // namespace

files::form files::form_of(std::string content) {
  std::string tag = etag_of(content);
  return {std::make_shared<const std::string>(std::move(content)), std::move(tag)};
}

core::result<files> files::load(const fs::path& folder) {
  files loaded;
  if (auto read = loaded.add(folder, {}); !read) return read.why();
  return loaded;
}

core::status files::add(const fs::path& folder, const std::string& under) {
  std::error_code wrong;
  for (fs::recursive_directory_iterator at{folder, wrong}, end; !wrong && at != end; at.increment(wrong)) {
    const fs::path& path = at->path();
    const std::string name = path.filename().string();
    if (name.starts_with('.') ||
        std::find(for_developers.begin(), for_developers.end(), name) != for_developers.end()) {
      at.disable_recursion_pending();
      continue;
    }
    if (at->is_symlink() || !at->is_regular_file()) continue;
    auto content = read_whole(path);
    if (!content) return cannot_read(path);
    by_path_.emplace(under + '/' + path.lexically_relative(folder).generic_string(),
                     file{form_of(*std::move(content)), {}, {}, media_type(path.extension().string()), has_hash(path)});
  }
  if (wrong) return cannot_read(folder);
  join_compressed();
  return core::done{};
}

void files::join_compressed() {
  for (auto at = by_path_.begin(); at != by_path_.end();) {
    const fs::path path{at->first};
    const bool is_gzip = path.extension() == ".gz", is_br = path.extension() == ".br";
    const auto of = by_path_.find((path.parent_path() / path.stem()).generic_string());
    if ((!is_gzip && !is_br) || of == by_path_.end()) {
      ++at;
      continue;
    }
    (is_gzip ? of->second.gzip : of->second.br) = std::move(at->second.plain);
    at = by_path_.erase(at);
  }
}

void files::serve(const exchange_ptr& ask) const {
  const std::string path = ask->path() == "/" ? "/index.html" : core::percent_decoded(ask->path());
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return ask->problem({core::ec::not_found, {}, 0});
  const file& wanted = found->second;
  using protocol::content_coding;
  const auto coding =
      protocol::choose_coding(accepted_codings(ask->raw()), wanted.gzip.has_value(), wanted.br.has_value());
  const form& sent = coding == content_coding::br     ? *wanted.br
                     : coding == content_coding::gzip ? *wanted.gzip
                                                      : wanted.plain;
  answer what{200,
              wanted.content_type,
              {{"ETag", sent.etag},
               {"Cache-Control", wanted.hashed ? "public, max-age=31536000, immutable" : "no-cache"},
               {"Content-Security-Policy", security_policy},
               {"Cross-Origin-Resource-Policy", "same-origin"},
               {"Referrer-Policy", "no-referrer"}},
              {},
              sent.content};
  if (is_document(wanted.content_type)) {
    what.fields.add("Cross-Origin-Opener-Policy", "same-origin");
    what.fields.add("Permissions-Policy", unused_features);
  }
  if (wanted.gzip || wanted.br) what.fields.add("Vary", "Accept-Encoding");
  if (names_tag(ask->raw(), sent.etag)) {
    what.status = 304;
    what.content_type.clear();
    what.shared_body.reset();
  } else if (coding != content_coding::identity) {
    what.fields.add("Content-Encoding", to_string(coding));
  }
  ask->send(std::move(what));
}

}  // namespace greenroom::net::http
