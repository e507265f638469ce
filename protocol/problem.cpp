#include "protocol/problem.hpp"

#include "core/messages/act.hpp"
#include "core/text.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol {

std::string problem_type(core::ec code) {
  if (code == core::ec::rate_limited) return "https://iana.org/assignments/http-problem-types#quota-exceeded";
  return "/docs/errors#" + std::string(core::to_string(code));
}

std::string public_detail(const core::error& why) {
  const auto& row = core::describe(why.code);
  if (row.code == core::ec::internal || !core::valid_utf8(why.detail)) return std::string(row.sentence);
  auto out = why.text();
  if (why.because) append_because(out, *why.because);
  return out;
}

void put_because(json_writer& json, const core::sanction& because) {
  if (!because.by.value.empty()) json.put("by", because.by.value);
  if (!because.why.empty()) json.put("why", because.why.view());
  if (because.until != core::wall_time{}) json.put("until", because.until);
}

std::string problem(const core::error& why, std::string_view request_id, std::string_view policy) {
  const auto& row = core::describe(why.code);
  std::string out;
  json_writer json{out};
  json.begin()
      .put("type", problem_type(why.code))
      .put("title", row.sentence)
      .put("status", std::uint64_t{row.http_status})
      .put("detail", public_detail(why))
      .put("code", row.word);
  if (why.because) put_because(json, *why.because);
  if (core::valid_utf8(request_id)) json.put("request_id", request_id);
  if (!policy.empty()) json.begin_list("violated-policies").item(policy).end_list();
  json.end();
  return out;
}

std::string error_page() {
  std::string out =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Greenroom: errors</title><h1>Errors</h1><table>"
      "<tr><th>code<th>status<th>close code<th>retry<th>meaning";
  for (const auto& row : core::error_table().subspan(1)) {
    out.append("<tr id=\"").append(row.word).append("\"><td><code>").append(row.word).append("</code><td>");
    core::append_number(out, row.http_status);
    out += "<td>";
    if (row.close_code != 0) core::append_number(out, row.close_code);
    out.append("<td>").append(row.retry ? "yes" : "no").append("<td>").append(row.sentence);
  }
  return out + "</table></html>\n";
}

}  // namespace greenroom::protocol
