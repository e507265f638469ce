#pragma once
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/irc_arrivals.hpp"

namespace greenroom::edge {

/// One client from its first byte until it is signed in. Then its socket's events go to the connection's actor. On the
/// socket's io thread.
class irc_arrival final : public core::client_owner, public std::enable_shared_from_this<irc_arrival> {
 public:
  irc_arrival(std::shared_ptr<irc_arrivals> home, irc_client who, std::shared_ptr<net::client_socket> socket,
              core::connection_id id, const protocol::irc::sign_on_settings& rules,
              std::optional<actors::admitted> grant);

  /// Begins the time that it has.
  void begin();
  /// This node goes away.
  void drain();

  void received(std::vector<std::string> frames) override;
  void missed(core::topic_id topic, core::seq_no from, core::seq_no to) override;
  void roomy() override;
  void closed() override;
  [[nodiscard]] boost::asio::io_context& context() const noexcept { return context_; }

 private:
  [[nodiscard]] protocol::irc::sign_on_moment moment() const;
  void go_on();
  void say(const std::vector<std::string>& lines);
  void end(std::string_view why);
  void announced(const protocol::irc::line& what);
  void carry_out(protocol::irc::sign_on_effects out);
  void ask(const protocol::irc::sign_in& what);
  void ask(const protocol::irc::make_account& what);
  void ask(const core::find_scram& what);
  template <class Reply, class Request, class Read>
  void ask_accounts(std::chrono::milliseconds patience, Request request, Read read);
  [[nodiscard]] bool may_try();
  void admit(const std::string& token, std::string signature = {});
  [[nodiscard]] bool has_place(const core::user_id& user);
  void give_up_place();
  void answered(core::result<protocol::irc::account_answer> answer);
  void let_in(protocol::irc::signed_on who);
  void wait();
  [[nodiscard]] core::request_origin origin() const { return {who_.address, {}}; }

  std::shared_ptr<irc_arrivals> home_;
  irc_client who_;
  std::shared_ptr<net::client_socket> socket_;  ///< until it is closed
  core::connection_id id_;
  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  const protocol::irc::sign_on_settings* rules_;
  std::optional<protocol::irc::sign_on> machine_;
  std::deque<std::string> waiting_;  ///< lines that wait for an answer
  std::optional<actors::admitted> grant_;
  core::user_id placed_;                  ///< counted as a connection of theirs; empty: of nobody's
  actors::local_connection_actor actor_;  ///< null: not signed in
  bool heard_ = false;                    ///< a first line
  std::shared_ptr<irc_neighbour> neighbour_;
  bool over_ = false;
  bool counted_ = true;  ///< as not signed in
};

}  // namespace greenroom::edge
