#include "protocol/news.hpp"

#include "protocol/json_text.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sentence.hpp"

namespace greenroom::protocol {

void append_news(std::string& bytes, const core::user_news& news) {
  json_writer json{bytes};
  const auto begin = [&](std::string_view type) -> json_writer& {
    json.begin().put("type", type);
    if (!news.room.value.empty()) json.put("room", news.room.value);
    return json;
  };
  switch (news.kind) {
    case core::news_kind::added:
      begin("added").put("by", news.by.value);
      break;
    case core::news_kind::removed:
      begin("removed").put("reason", core::to_string(news.reason)).put("by", news.by.value);
      if (!news.text.empty()) json.put("text", news.text.view());
      break;
    case core::news_kind::read:
      begin("read").put("user", news.user.value).put("seq", news.seq.value);
      break;
    case core::news_kind::notice:
      begin("notice").put("kind", word_of(news.what)).put("by", news.by.value).put("text", told_to_subject(news));
      if (news.what == core::entry_kind::role) json.put("role", word_of(news.role));
      break;
    case core::news_kind::head:
      begin("news").put("head", news.seq.value);
      break;
    case core::news_kind::notify:
      begin("notify").put("level", word_of(news.level));
      break;
    case core::news_kind::draft:
      begin("draft").put("text", news.text.view());
      break;
    default:
      return;  // of a newer version
  }
  if (news.until != core::wall_time{}) json.put("until", news.until);
  json.end();
}

}  // namespace greenroom::protocol
