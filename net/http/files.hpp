#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::net::http {

/// Static files, read whole into memory when loaded, so that a request can name only files that were there then.
class files {
 public:
  /// Reads every regular file below `folder`; no symbolic links, no names that begin with a dot. `unavailable` if the
  /// folder can't be read.
  static core::result<files> load(const std::filesystem::path& folder);

  /// Answers GET and HEAD with the file of the request's path, `/` with `index.html`: strong ETag (RFC 9110 section
  /// 8.8.3) and 304, `no-cache`, a content security policy. 404 if there is none.
  void serve(const exchange_ptr& ask) const;

  [[nodiscard]] std::size_t size() const noexcept { return by_path_.size(); }

 private:
  struct file {
    std::shared_ptr<const std::string> content;
    std::string etag;  // with its quotes
    std::string content_type;
  };

  std::map<std::string, file, std::less<>> by_path_;  // `/index.html`
};

}  // namespace greenroom::net::http
