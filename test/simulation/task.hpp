#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace greenroom::simulation {

/// Something to do once. Unlike `std::function` it may hold what can only be moved.
class task {
 public:
  task() = default;
  template <class Body>
    requires(!std::is_same_v<std::decay_t<Body>, task>)
  task(Body body) : held_(std::make_unique<model<Body>>(std::move(body))) {}

  void operator()() { std::exchange(held_, nullptr)->run(); }

 private:
  struct concept_of {
    virtual ~concept_of() = default;
    virtual void run() = 0;
  };
  template <class Body>
  struct model final : concept_of {
    explicit model(Body what) : body(std::move(what)) {}
    void run() override { body(); }
    Body body;
  };

  std::unique_ptr<concept_of> held_;
};

}  // namespace greenroom::simulation
