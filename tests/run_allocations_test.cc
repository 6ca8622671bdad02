// Counts what the whole program allocates while sessions run: Session::run promises nothing.

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"
#include "runtime/plan.h"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// All other forms end in these. Not inlined, or the compiler sees free() meet what a new expression gave.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return counted(bytes == 0 ? 1 : bytes, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes == 0 ? 1 : bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace octet {
namespace {

using runtime_test::numbers;
using runtime_test::SmallGraph;

constexpr std::int64_t kChannels = 24, kSide = 40;

// What a detector is made of: dense, strided, grouped and depthwise convolutions, pools, sums, joins, slices, a resize, maps to rows
// and an SSD's head.
class SmallDetector : public SmallGraph {
 public:
  explicit SmallDetector(bool quantized) : quantized_(quantized) {
    const Value scaled = graph.emit(Binary{BinaryKind::kMultiply}, {input({1, 3, kSide, kSide}), constant({1, 3, 1, 1})});
    const Value first = image(relu(bias(dense(image(scaled), kChannels, 3))));
    const Value point = image(graph.emit(Clamp{0, 6}, {bias(dense(first, kChannels, 1))}));
    const Value sum = image(add(point, first));
    const Value depth = image(relu(bias(depthwise(sum))));
    const Value joined = concat({image(graph.emit(MaxPool{{3, 3}, {1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {depth})), depth});
    const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
    const Value half = graph.emit(Split{2}, {joined, axis});
    const Value small = image(graph.emit(AvgPool{{2, 2}, {2, 2}}, {half}));
    const Value large = graph.emit(Interpolate{}, {small, integers({kSide, kSide})});
    const Value swish = image(graph.emit(Unary{UnaryKind::kSwish}, {add(large, {half.node, 1})}));
    output(swish, "image");
    add_head(bias(dense(swish, 4, 3)), bias(dense(swish, 2, 1)));
  }

 private:
  Value constant(Shape shape) { return graph.emit_constant(numbers(std::move(shape))); }
  Value image(Value value) { return quantized_ ? quantize(value, "", 2) : value; }

  Value weights(const Shape& shape) {
    if (!quantized_) return constant(shape);
    const Value wide =
        graph.emit(Convert{ElementType::kF32}, {graph.emit_constant(converted(scaled_up(numbers(shape)), ElementType::kI8))});
    return graph.emit(Binary{BinaryKind::kMultiply}, {wide, graph.emit_constant(Tensor::scalar(0.002f))});
  }
  static Tensor scaled_up(Tensor tensor) {
    for (float& value : tensor.mutable_values<float>()) value *= 127;
    return tensor;
  }

  Value dense(Value data, std::int64_t outputs, std::int64_t kernel) {
    const std::int64_t pad = kernel / 2;
    return graph.emit(Convolution{{1, 1}, {1, 1}, {{pad, pad}, {pad, pad}}},
                      {data, weights({outputs, graph.shape(data)[1], kernel, kernel})});
  }
  Value depthwise(Value data) {
    return graph.emit(GroupConvolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}, {data, weights({graph.shape(data)[1], 1, 1, 3, 3})});
  }

  Value rows(Value map) { return graph.emit(Reshape{true}, {graph.emit(Transpose{}, {map, integers({0, 2, 3, 1})}), integers({0, -1})}); }
  void add_head(Value codes, Value scores) {
    const Value sigmoid = graph.emit(Unary{UnaryKind::kSigmoid}, {concat({rows(scores)}, 1, "scores")});
    DetectionOutput detections;
    detections.variance_encoded_in_target = true;
    output(graph.emit(detections, {rows(codes), sigmoid, constant({1, 1, 4 * kSide * kSide})}), "detections");
  }

  const bool quantized_;
};

// Allocations of ten runs after the first.
long allocations_of_runs(const Graph& graph, int threads, bool picture) {
  RuntimeOptions options;
  options.picture_input = picture;
  const auto plan = compile(graph, options);
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  for (const StepInfo& step : (*plan)->steps()) EXPECT_NE(step.kernel, "reference") << step.node << ": " << step.passed_over;
  Session session(*plan, threads);
  const Port& port = (*plan)->inputs()[0];
  const std::vector<Tensor> inputs{picture ? Tensor(port.type.element, port.type.shape) : numbers(port.type.shape)};
  EXPECT_TRUE(session.run(inputs).ok());
  const long before = allocations.load();
  bool ok = true;
  for (int again = 0; again < 10; ++again) ok = session.run(inputs).ok() && ok;
  const long after = allocations.load();
  EXPECT_TRUE(ok);
  return after - before;
}

class SessionRun : public ::testing::TestWithParam<std::tuple<bool, int, bool>> {};

TEST_P(SessionRun, AllocatesNothing) {
  const auto [quantized, threads, picture] = GetParam();
  EXPECT_EQ(allocations_of_runs(SmallDetector(quantized).graph, threads, picture), 0);
}

INSTANTIATE_TEST_SUITE_P(OfEveryPlan, SessionRun, ::testing::Combine(::testing::Bool(), ::testing::Values(1, 2, 5), ::testing::Bool()),
                         [](const auto& each) {
                           return std::string(std::get<0>(each.param) ? "Int8" : "Fp32") + "With" +
                                  std::to_string(std::get<1>(each.param)) + "Threads" + (std::get<2>(each.param) ? "OfAPicture" : "");
                         });

TEST(CountedAllocations, CountsWhatTheStandardLibraryTakes) {
  const long before = allocations.load();
  const std::vector<int> some(100);
  EXPECT_EQ(some.size(), 100u);
  EXPECT_GT(allocations.load(), before);
}

}  // namespace
}  // namespace octet
