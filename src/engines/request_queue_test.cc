#include "engines/request_queue.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "engines/octet_engine.h"
#include "runtime/graph_for_test.h"

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

std::shared_ptr<const EngineModel> small_net() {
  SmallGraph g;
  const Value image = g.input({1, 3, 24, 24});
  g.output(g.relu(g.conv(g.integer_conv(g.quantize(image, "fq"), 16), 8, "second")));
  return engine_model(*compile(g.graph));
}

std::vector<float> floats(const Tensor& tensor) { return to_vector<float>(tensor); }

std::vector<float> serial_result(const EngineModel& model, const Tensor& input) {
  return floats((*model.open_session(1)->run(std::span(&input, 1)))[0]);
}

TEST(RequestQueue, GivesWhatSerialInferencesGive) {
  const auto model = small_net();
  std::vector<Tensor> inputs;
  for (std::uint32_t i = 0; i < 40; ++i) inputs.push_back(numbers({1, 3, 24, 24}, i + 1));
  for (const auto& options : {RequestQueueOptions{1, 1, 1}, RequestQueueOptions{2, 1, 2}, RequestQueueOptions{3, 2, 7}}) {
    RequestQueue queue(model, options);
    std::vector<std::vector<float>> results(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto request = queue.wait_for_idle();
      ASSERT_TRUE(request.ok()) << request.error().message;
      queue.start(*request, std::span(&inputs[i], 1), [&results, i](std::span<const Tensor> outputs) { results[i] = floats(outputs[0]); });
    }
    ASSERT_TRUE(queue.wait_for_all().ok());
    for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(results[i], serial_result(*model, inputs[i])) << i;
  }
}

TEST(RequestQueue, KnowsLatencyAndStepsOfEachRequest) {
  const auto model = small_net();
  RequestQueue queue(model, {.streams = 1, .requests = 2, .profile = true});
  const Tensor input = numbers({1, 3, 24, 24});
  std::atomic<bool> is_second_there = false;
  queue.start(0, std::span(&input, 1), [&](auto) {
    while (!is_second_there) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  });
  queue.start(1, std::span(&input, 1));
  is_second_there = true;
  ASSERT_TRUE(queue.wait_for_all().ok());
  EXPECT_GT(queue.latency_ms(0), 0);
  EXPECT_GE(queue.latency_ms(1), 3);  // it had to wait for the other
  for (const std::size_t request : {0u, 1u}) EXPECT_EQ(queue.step_us(request).size(), model->steps().size());
}

TEST(RequestQueue, RunsAsManyInferencesAtATimeAsItHasStreams) {
  RequestQueue queue(small_net(), {.streams = 2, .requests = 2});
  const Tensor input = numbers({1, 3, 24, 24});
  std::atomic<int> there{0};
  // Each waits for the other: alone, neither would end.
  const auto meet = [&](auto) {
    ++there;
    while (there < 2) std::this_thread::yield();
  };
  for (const std::size_t request : {0u, 1u}) queue.start(request, std::span(&input, 1), meet);
  EXPECT_TRUE(queue.wait_for_all().ok());
  EXPECT_EQ(there, 2);
}

TEST(RequestQueue, GivesAnErrorOnceAndWorksOn) {
  RequestQueue queue(small_net(), {.streams = 2, .requests = 3});
  const Tensor input = numbers({1, 3, 24, 24}), wrong = numbers({1, 3, 24, 25});
  for (const std::size_t request : {0u, 1u, 2u}) queue.start(request, std::span(&wrong, 1));
  const Status failed = queue.wait_for_all();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);
  queue.start(1, std::span(&input, 1));
  EXPECT_TRUE(queue.wait_for_all().ok());
}

TEST(RequestQueue, CarriesExceptionsToWhoeverWaits) {
  RequestQueue queue(small_net(), {.streams = 2, .requests = 2});
  const Tensor input = numbers({1, 3, 24, 24});
  queue.start(0, std::span(&input, 1), [](auto) { throw std::runtime_error("no more room"); });
  EXPECT_THROW((void)queue.wait_for_all(), std::runtime_error);
  queue.start(0, std::span(&input, 1));
  EXPECT_TRUE(queue.wait_for_all().ok());
}

TEST(RequestQueue, EndsWithInferencesInFlight) {
  const Tensor input = numbers({1, 3, 24, 24});
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> begun{0};
    {
      RequestQueue queue(small_net(), {.streams = 2, .requests = 8});
      for (std::size_t request = 0; request < queue.requests(); ++request)
        queue.start(request, std::span(&input, 1), [&](auto) { ++begun; });
    }
    EXPECT_LE(begun, 8);
  }
}

// A model whose sessions cannot be opened, from the second on.
class ScarceModel final : public EngineModel {
 public:
  std::span<const Port> inputs() const override { return {}; }
  std::span<const Port> outputs() const override { return {}; }
  bool uses_integers() const override { return false; }
  std::span<const StepInfo> steps() const override { return {}; }
  std::unique_ptr<EngineSession> open_session(int threads) const override {
    if (opened_++ > 0) throw std::bad_alloc();
    return small_net()->open_session(threads);
  }

 private:
  mutable std::atomic<int> opened_{0};
};

TEST(RequestQueue, ThrowsWhereASessionCannotBeOpened) {
  EXPECT_THROW(RequestQueue(std::make_shared<ScarceModel>(), {.streams = 3, .requests = 3}), std::bad_alloc);
}

}  // namespace
}  // namespace octet
