#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "net/line_splitter.hpp"
#include "protocol/irc/commands.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/tags.hpp"
#include "test/fuzz/must.hpp"

namespace irc = greenroom::protocol::irc;
using greenroom::test::must;

namespace {

struct heard {
  irc::verdict judged;
  std::string tags, command;
  std::vector<std::string> parameters;
  friend bool operator==(const heard&, const heard&) = default;
};

std::vector<heard> read(std::string_view all, std::size_t at_once) {
  greenroom::net::line_splitter splitter(irc::max_unended_bytes + 2);
  std::vector<heard> out;
  while (!all.empty()) {
    const std::string_view bytes = all.substr(0, at_once);
    all.remove_prefix(bytes.size());
    splitter.take(bytes);
    while (const auto found = splitter.next()) {
      const bool endless = found.what == greenroom::net::line_splitter::kind::endless;
      const auto got = endless ? irc::received{irc::verdict::endless, {}} : irc::judge(found.bytes);
      heard one{got.judged, std::string(got.what.tags), std::string(got.what.command), {}};
      for (std::size_t i = 0; i < got.what.count; ++i) one.parameters.emplace_back(got.what[i]);
      out.push_back(std::move(one));
    }
    splitter.keep();
    must(splitter.held() <= irc::max_unended_bytes + 2, "the splitter keeps at most 8 KiB");
  }
  return out;
}

// Written and read again, a line is the same where it fits; what doesn't is cut, and a line still.
void write_again(const heard& one) {
  constexpr std::size_t longest_own_command = 64;
  if (one.parameters.empty() || one.tags.starts_with('@') || one.command.size() > longest_own_command) return;
  std::string out;
  irc::line_writer writer(out);
  writer.written_tags(one.tags).from("s").command(one.command);
  for (std::size_t i = 0; i + 1 < one.parameters.size(); ++i) writer.middle(one.parameters[i]);
  writer.text(one.parameters.back());
  const auto again = irc::judge(out);
  must(again.judged == irc::verdict::command, "what is written is a line");
  std::size_t whole = std::string_view{":s :"}.size() + one.command.size();
  for (const auto& parameter : one.parameters) whole += parameter.size() + 1;
  if (whole > irc::max_body_bytes) return;
  must(again.what.tags == one.tags && again.what.command == one.command, "with the same tags and command");
  must(again.what.count == one.parameters.size(), "and as many parameters");
}

void check_tags(std::string_view tags) {
  const auto own = irc::client_only_tags(tags);
  must(irc::client_only_tags(own) == own, "client-only tags stay as they are");
  must(own.size() <= tags.size() && greenroom::core::valid_utf8(own), "and never grow");
  while (!tags.empty()) {
    const auto meant = irc::unescaped(irc::take_tag(tags).value);
    std::string escaped;
    irc::append_escaped(escaped, meant);
    must(irc::unescaped(escaped) == meant, "an escaped value means what it was");
    must(escaped.find_first_of(" ;\r\n") == escaped.npos, "and ends neither tag nor line");
  }
}

// A command is something to do, or a line that says why not.
void check_command(std::string_view text) {
  const auto got = irc::judge(text);
  const auto read = irc::read_command(got.what, "ada");
  const auto* why = std::get_if<irc::complaint>(&read);
  if (why == nullptr) return;
  std::vector<std::string> out;
  irc::speaker("greenroom.irc", "ada", out).complain(got.what.command, *why);
  must(out.size() == 1 && irc::judge(out[0]).judged == irc::verdict::command, "a refusal is one line");
}

}  // namespace

// The first byte says how many bytes arrive at once: the lines are the same, whatever it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = read(all, all.size());
  must(read(all, 1 + data[0]) == whole, "lines don't depend on how their bytes arrive");
  for (const auto& one : whole) {
    if (one.judged != irc::verdict::command) continue;
    must(!one.command.empty() && one.tags.size() <= irc::max_tag_bytes, "a command is whole");
    must(one.parameters.size() <= irc::max_parameters, "and has 15 parameters");
    check_tags(one.tags);
    std::string text = one.tags.empty() ? one.command : "@" + one.tags + " " + one.command;
    for (std::size_t i = 0; i < one.parameters.size(); ++i)
      text.append(i + 1 == one.parameters.size() ? " :" : " ").append(one.parameters[i]);
    check_command(text);
    if (!one.command.starts_with(':') && !one.command.starts_with('@')) write_again(one);
  }
  return 0;
}
