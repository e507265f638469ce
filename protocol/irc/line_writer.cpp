#include "protocol/irc/line_writer.hpp"

#include <algorithm>

#include "core/masks.hpp"
#include "core/text.hpp"
#include "protocol/irc/line.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::string_view text_mark = " :";
constexpr std::string_view line_ends{"\0\r\n", 3};

bool is_middle(std::string_view parameter) noexcept {
  return !parameter.empty() && parameter.front() != ':' && parameter.find(' ') == parameter.npos &&
         parameter.find_first_of(line_ends) == parameter.npos;
}

}  // namespace

std::string_view fitting(std::string_view text, std::size_t most) noexcept {
  return text.size() <= most ? text : core::whole_characters(text.substr(0, most));
}

void append_source(std::string& out, std::string_view nick) { core::append_person(out, nick); }

std::string host_of(std::string_view nick) { return std::string(core::host_of_person).append(nick); }

std::string source_of(std::string_view nick) {
  std::string out;
  append_source(out, nick);
  return out;
}

std::string shown_ident(std::string_view ident) { return std::string("~").append(ident.empty() ? "u" : ident); }

std::string& line_writer::open_tag(std::string_view key) {
  out_.append(out_.size() == tags_ ? "@" : ";").append(key).append("=");
  return out_;
}

line_writer& line_writer::tag(std::string_view key, std::string_view value) {
  if (!value.empty()) {
    append_escaped(open_tag(key), value);
    return *this;
  }
  return written_tags(key);
}

line_writer& line_writer::written_tags(std::string_view tags) {
  if (!tags.empty()) out_.append(out_.size() == tags_ ? "@" : ";").append(tags);
  return *this;
}

void line_writer::begin_body() {
  if (out_.size() > tags_) out_ += ' ';
  body_ = out_.size();
}

line_writer& line_writer::from(std::string_view source) {
  begin_body();
  out_.append(":").append(source).append(" ");
  return *this;
}

line_writer& line_writer::from_user(std::string_view nick) {
  begin_body();
  append_source(out_ += ':', nick);
  out_ += ' ';
  return *this;
}

line_writer& line_writer::command(std::string_view name) {
  if (body_ == std::string::npos) begin_body();
  out_.append(name);
  return *this;
}

line_writer& line_writer::begin_batch(std::string_view server, std::string_view reference, std::string_view type) {
  return from(server).command("BATCH").middle("+" + std::string(reference)).middle(type);
}

void line_writer::end_batch(std::string_view server, std::string_view reference) {
  from(server).command("BATCH").middle("-" + std::string(reference));
}

std::size_t line_writer::room() const noexcept {
  const std::size_t used = out_.size() - body_ + text_mark.size();
  return used < max_body_bytes ? max_body_bytes - used : 0;
}

line_writer& line_writer::middle(std::string_view parameter) {
  const auto left = room();
  if (left < 2) return *this;
  out_.append(" ").append(is_middle(parameter) ? fitting(parameter, left - 1) : std::string_view{"*"});
  return *this;
}

void line_writer::text(std::string_view last) {
  const auto fits = fitting(last, room());
  const auto begin = out_.append(text_mark).size();
  out_.append(fits);
  const auto harmful = [](char c) { return line_ends.find(c) != line_ends.npos; };
  std::replace_if(out_.begin() + static_cast<std::ptrdiff_t>(begin), out_.end(), harmful, ' ');
}

}  // namespace greenroom::protocol::irc
