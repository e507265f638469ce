#include "protocol/irc/speaker.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

#include "protocol/irc/labels.hpp"
#include "protocol/irc/line_writer.hpp"

namespace greenroom::protocol::irc {
namespace {

template <class Words>
void put_middle(line_writer& line, const Words& middle) {
  for (const auto& one : middle) line.middle(fitting(one, speaker::longest_echo));
}

}  // namespace

std::string unix_seconds(core::wall_time at) {
  return std::to_string(std::chrono::floor<core::seconds>(at.time_since_epoch()).count());
}

template <class Words>
void speaker::put_numeric(irc::numeric number, const Words& middle, std::string_view text) {
  line_writer line(out_.emplace_back());
  line.from(server_).command(digits_of(number)).middle(nick_);
  put_middle(line, middle);
  if (text.empty()) text = describe(number).text;
  if (!text.empty()) line.text(text);
}

void speaker::numeric(irc::numeric number, words middle, std::string_view text) { put_numeric(number, middle, text); }

void speaker::listed(irc::numeric number, const std::vector<std::string>& middle, std::string_view text) {
  put_numeric(number, middle, text);
}

void speaker::fail(std::string_view command, std::string_view code, words middle, std::string_view text) {
  line_writer line(out_.emplace_back());
  line.from(server_).command("FAIL").middle(fitting(command, longest_echo)).middle(code);
  put_middle(line, middle);
  line.text(text);
}

void speaker::complain(std::string_view command, const complaint& what) {
  if (what.code.empty()) return listed(what.number, what.about, what.text);
  line_writer line(out_.emplace_back());
  line.from(server_).command("FAIL").middle(fitting(command, longest_echo)).middle(what.code);
  put_middle(line, what.about);
  line.text(what.text);
}

void speaker::notice(std::string_view text) { say("NOTICE", {nick_}, text); }

void speaker::service_notice(std::string_view text) {
  const auto source = std::string(service_name) + "!" + std::string(service_name) + "@" + std::string(server_);
  line_writer(out_.emplace_back()).from(source).command("NOTICE").middle(nick_).text(text);
}

void speaker::error(std::string_view text) { line_writer(out_.emplace_back()).command("ERROR").text(text); }

void speaker::say(std::string_view verb, words middle, std::string_view text) {
  line_writer line(out_.emplace_back());
  line.from(server_).command(verb);
  put_middle(line, middle);
  line.text(text);
}

void speaker::batch(std::string_view reference, std::string_view type, const std::function<void()>& content) {
  const auto first = out_.size();
  content();
  put_in_batch(out_, first, reference);
  std::string begin;
  line_writer(begin).begin_batch(server_, reference, type);
  out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(first), std::move(begin));
  line_writer(out_.emplace_back()).end_batch(server_, reference);
}

void speaker::bare(std::string_view verb, std::string_view parameter) {
  line_writer(out_.emplace_back()).command(verb).middle(parameter);
}

}  // namespace greenroom::protocol::irc
