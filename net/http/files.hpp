#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "net/http/exchange.hpp"

namespace greenroom::net::http {

/// Static files, read whole into memory when loaded, so that a request can name only files that were there then.
class files {
 public:
  /// Reads every regular file below `folder`; no symbolic links, no names that begin with a dot, and nothing that is
  /// for developers: `README.md`, `LICENSE`, `package.json`, `package-lock.json`, and folders `tools` and
  /// `node_modules`. A file with `.br` or `.gz` behind another one's name is that one, compressed. `unavailable` if the
  /// folder can't be read.
  static core::result<files> load(const std::filesystem::path& folder);

  /// Reads the files below another folder, too: `under` stands before their paths, `/clients/js/src`. The same error.
  core::status add(const std::filesystem::path& folder, const std::string& under);

  /// Answers GET and HEAD with the file of the request's path, `/` with `index.html`, in the coding that the client
  /// likes best: strong ETag for each coding (RFC 9110 section 8.8.3) and 304, and the fields that tell a browser what
  /// a page from here may do. `no-cache`, but a name with a hash of its content (`app-7QJ5XKZA.js`) is good for a year.
  /// 404 if there is none.
  void serve(const exchange_ptr& ask) const;

  [[nodiscard]] std::size_t size() const noexcept { return by_path_.size(); }

 private:
  struct form {
    std::shared_ptr<const std::string> content;
    std::string etag;  // with its quotes
  };
  struct file {
    form plain;
    std::optional<form> gzip, br;
    std::string content_type;
    bool hashed = false;  // another content would have another name
  };

  static form form_of(std::string content);
  /// Takes each compressed file to the one that it is a form of.
  void join_compressed();

  std::map<std::string, file, std::less<>> by_path_;  // `/index.html`
};

}  // namespace greenroom::net::http
