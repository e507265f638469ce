#include "telemetry/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "core/text.hpp"

namespace greenroom::telemetry::log {
namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warn", "error", "off"};

/// One configuration, immutable once it is published.
struct target {
  options chosen;
  std::unique_ptr<spdlog::logger> out;
};

spdlog::sink_ptr open_file(const std::string& name) {
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(name);
  } catch (const spdlog::spdlog_ex& failed) {
    throw std::runtime_error(failed.what());
  }
}

spdlog::level::level_enum as_spdlog(level ours) {
  constexpr std::array all{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err,
                           spdlog::level::off};
  return all[static_cast<std::size_t>(ours)];
}

/// A level by our name for it, as an operator configures it.
class level_name final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& out) override {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
      if (as_spdlog(static_cast<level>(i)) != line.level) continue;
      const std::string_view name = level_names[i];
      out.append(name.data(), name.data() + name.size());
      for (std::size_t width = name.size(); width < padinfo_.width_; ++width) out.push_back(' ');
    }
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_name>(); }
};

// The text around the event and its fields.
std::unique_ptr<spdlog::formatter> make_formatter(format shape) {
  const std::string pattern = shape == format::json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%N","event":"%v})"
                                                    : "%Y-%m-%dT%H:%M:%S.%eZ %-5N %v";
  auto out = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  out->add_flag<level_name>('N').set_pattern(pattern);
  return out;
}

std::shared_ptr<const target> make_target(options chosen) {
  spdlog::sink_ptr sink;
  if (!chosen.file.empty()) {
    sink = open_file(chosen.file);
  } else if (chosen.stream != nullptr) {
    sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*chosen.stream, true);
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto made = std::make_shared<target>();
  made->chosen = std::move(chosen);
  made->out = std::make_unique<spdlog::logger>("greenroom", std::move(sink));
  made->out->set_formatter(make_formatter(made->chosen.shape));
  made->out->set_level(as_spdlog(made->chosen.threshold));
  made->out->flush_on(spdlog::level::trace);
  return made;
}

std::atomic<level>& threshold() {
  static std::atomic<level> value{level::info};
  return value;
}

std::atomic<std::shared_ptr<const target>>& current() {
  static std::atomic<std::shared_ptr<const target>> value{make_target({})};
  return value;
}

void append_code_unit(std::string& line, unsigned code) {
  line += "\\u";
  core::append_hex(line, code, 4);
}

/// Whether text can stand in a text line without quotes.
bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

// The event and its fields, in the form of a line.
std::string make_body(const options& chosen, std::string_view event, std::span<const field> fields) {
  std::string body;
  body.reserve(128);
  const bool json = chosen.shape == format::json;
  const auto append_field = [&](std::string_view key, const value& content) {
    body.append(json ? ",\"" : " ").append(key).append(json ? "\":" : "=");
    content.append_to(body, chosen.shape);
  };
  append_escaped(body, event);
  if (json) body += '"';
  if (!chosen.node.empty()) append_field("node", chosen.node);
  for (const auto& [key, content] : fields) append_field(key, content);
  return body;
}

}  // namespace

std::optional<level> level_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<level>(i);
  }
  return std::nullopt;
}

std::optional<format> format_from(std::string_view name) noexcept {
  if (name == "text") return format::text;
  if (name == "json") return format::json;
  return std::nullopt;
}

std::string_view to_string(level named) noexcept { return level_names[static_cast<std::size_t>(named)]; }

std::string_view to_string(format named) noexcept { return named == format::json ? "json" : "text"; }

void configure(options chosen) {
  const auto wanted = chosen.threshold;
  current().store(make_target(std::move(chosen)));
  threshold().store(wanted, std::memory_order_relaxed);
}

void reopen() {
  const auto now = current().load();
  if (!now->chosen.file.empty()) current().store(make_target(now->chosen));
}

bool enabled(level wanted) noexcept {
  return wanted != level::off && wanted >= threshold().load(std::memory_order_relaxed);
}

void value::append_to(std::string& line, format shape) const {
  if (const auto* flag = std::get_if<bool>(&held_)) {
    line += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&held_)) {
    core::append_number(line, *number);
  } else if (const auto* count = std::get_if<std::uint64_t>(&held_)) {
    core::append_number(line, *count);
  } else if (const auto* real = std::get_if<double>(&held_)) {
    if (std::isfinite(*real)) {
      core::append_number(line, *real);
    } else {
      line += "null";
    }
  } else {
    const auto text = std::get<std::string_view>(held_);
    if (shape == format::text && is_plain(text)) {
      line += text;
    } else {
      line += '"';
      append_escaped(line, text);
      line += '"';
    }
  }
}

void write(level grave, std::string_view event, std::span<const field> fields) noexcept try {
  if (!enabled(grave)) return;
  const auto target = current().load();
  target->out->log(as_spdlog(grave), spdlog::string_view_t{make_body(target->chosen, event, fields)});
} catch (...) {
  // There is no one left to tell.
}

void append_escaped(std::string& line, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = core::character_size(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      line += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    const auto character = text.substr(0, length);
    if (first == '"' || first == '\\') {
      line.append(1, '\\').append(character);
    } else if (first == '\n') {
      line += "\\n";
    } else if (core::is_control(text.front())) {
      append_code_unit(line, first);
    } else if (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0) {
      append_code_unit(line, static_cast<unsigned char>(character[1]));
    } else if (character == "\u2028") {
      line += "\\u2028";
    } else if (character == "\u2029") {
      line += "\\u2029";
    } else {
      line += character;
    }
    text.remove_prefix(length);
  }
}

}  // namespace greenroom::telemetry::log
