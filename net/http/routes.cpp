#include "net/http/routes.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace greenroom::net::http {
namespace {

// The next segment of a path that begins with a slash, without it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool allows(const std::string& row_method, std::string_view method) {
  return row_method == "*" || row_method == method || (row_method == "GET" && method == "HEAD");
}

void add_words(std::vector<std::string>& list, const std::string& method) {
  if (method == "*") return;
  for (const std::string& word : method == "GET" ? std::vector<std::string>{"GET", "HEAD"} : std::vector{method})
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

routes& routes::add(std::string_view method, std::string_view pattern, core::limit_class limit, handler handle) {
  row added{std::string(method), {}, limit, std::move(handle)};
  while (!pattern.empty()) {
    std::string_view text = take_segment(pattern);
    const bool named = text.size() > 2 && text.front() == '{' && text.back() == '}';
    if (named) text = text.substr(1, text.size() - 2);
    const bool rest = named && text.ends_with("...");
    if (rest) text.remove_suffix(3);
    const auto kind = rest ? segment::kind::rest : named ? segment::kind::one : segment::kind::literal;
    added.pattern.push_back({kind, std::string(text)});
  }
  // Segment by segment: a literal before a name before the rest. Rows of one path stay in their order.
  const auto more_specific = [](const row& a, const row& b) {
    return std::lexicographical_compare(a.pattern.begin(), a.pattern.end(), b.pattern.begin(), b.pattern.end(),
                                        [](const segment& x, const segment& y) { return x.is < y.is; });
  };
  rows_.insert(std::upper_bound(rows_.begin(), rows_.end(), added, more_specific), std::move(added));
  return *this;
}

bool routes::matches(const row& candidate, std::string_view path, params& found) {
  found.clear();
  for (const segment& part : candidate.pattern) {
    if (part.is == segment::kind::rest) {
      if (part.text.empty()) return true;
      found.emplace_back(part.text, path.empty() ? std::string{} : core::percent_decoded(path.substr(1)));
      return true;
    }
    if (!path.starts_with('/')) return false;
    const std::string_view text = take_segment(path);
    if (part.is == segment::kind::one) {
      if (text.empty()) return false;
      found.emplace_back(part.text, core::percent_decoded(text));
    } else if (text != part.text) {
      return false;
    }
  }
  return path.empty();
}

void routes::operator()(const exchange_ptr& ask) const {
  std::vector<std::string> allowed;
  params found;
  const std::string_view path = ask->path();
  for (const row& candidate : rows_) {
    if (path == "*" || !matches(candidate, path, found)) continue;
    if (allows(candidate.method, ask->method())) {
      ask->set_params(std::move(found));
      return run(candidate, ask);
    }
    add_words(allowed, candidate.method);
  }
  const bool is_options = ask->method() == "OPTIONS";
  if (allowed.empty() && is_options && (path == "*" || path == "/")) allowed = all_methods();
  if (allowed.empty()) return ask->problem({core::ec::not_found, {}, 0});
  add_words(allowed, "OPTIONS");
  ask->set("Allow", joined(allowed));
  is_options ? ask->empty(204) : ask->problem({core::ec::method_not_allowed, {}, 0});
}

std::vector<std::string> routes::all_methods() const {
  std::vector<std::string> all;
  for (const row& one : rows_) add_words(all, one.method);
  return all;
}

void routes::run(const row& chosen, const exchange_ptr& ask) const {
  if (!count(ask, chosen.limit)) return;
  if (ask->has_coded_body()) {
    ask->set("Accept-Encoding", "identity");
    return ask->problem({core::ec::unsupported_media, "Send the body as it is, without a Content-Encoding.", 0});
  }
  chosen.handle(ask);
}

bool routes::count(const exchange_ptr& ask, core::limit_class which) const {
  if (ask->was_forwarded() ? ask->origin().has_counted(which) : which == core::limit_class::none) return true;
  if (limits_ != nullptr) {
    const auto verdict = limits_->take(which, ask->limit_key(), 1);
    if (!verdict.allowed) {
      ask->refuse(which, verdict);
      return false;
    }
    ask->set_limit_fields(which, verdict);
  }
  ask->count_as(which);
  return true;
}

}  // namespace greenroom::net::http
