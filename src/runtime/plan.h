#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cache.h"
#include "base/cpu.h"
#include "base/memory.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "graph/graph.h"
#include "kernels/view.h"

namespace octet {

// A value, and one of the same type that may take its place: see Session::run_with(). It is computed from what the value is computed from.
struct Substitute {
  Value value, by;
};

// What convolutions and products with constants multiply where they take floats: floats, or, where that saves time, what is rounded from
// them to bfloat16. Sums, and all that lies between the layers, are floats in either case.
enum class InferencePrecision : std::uint8_t { kF32, kBf16 };

constexpr std::string_view to_string(InferencePrecision precision) { return precision == InferencePrecision::kBf16 ? "bf16" : "f32"; }

struct RuntimeOptions {
  Isa isa = active_isa();
  // Values that must exist as float tensors of their own while the plan runs, for an Observer to see.
  std::vector<Value> observe{};
  // The outputs say nothing: what no observed value is computed from is left out.
  bool only_observed = false;
  // In the order of the graph by their values, which are floats; both exist as tensors of their own. What leads to no output is computed
  // for an Observer and where it takes another's place only.
  std::vector<Substitute> substitutes{};
  // What a plan with substitutes keeps of a run for those that follow: so many bytes of what leads to an output, the last of it.
  std::size_t kept_bytes = 0;
  // The one input of the graph, a float image [N,C,H,W], is given as the bytes of a picture, u8 [N,H,W,C], for the numbers 0 to 255.
  // The results are those of the same numbers as floats, to the last bit.
  bool picture_input = false;
  InferencePrecision precision = InferencePrecision::kF32;  // kBf16 takes an `isa` that has it
  // What a session may take for inputs, outputs and everything between them, in bytes.
  std::uint64_t memory_limit = memory_bytes();
  // The second cache of a core: rows of images that several steps have to do with go through them while they are in it. No result depends
  // on it.
  std::int64_t cache_bytes = second_cache_bytes();
};

// A named tensor at the border of a plan.
struct Port {
  std::string name;
  TensorType type;
  std::vector<std::string> further_names = {};  // by which people may call it, too

  std::vector<std::string> names() const {
    std::vector<std::string> all{name};
    all.insert(all.end(), further_names.begin(), further_names.end());
    return all;
  }
  bool is_called(std::string_view word) const { return word == name || std::ranges::find(further_names, word) != further_names.end(); }
};

// One unit of work of a plan, for people and for reports.
struct StepInfo {
  std::string node{};         // the first node of the graph that it computes
  std::string op{};           // "convolution", "reorder", ...
  std::string kernel{};       // "vnni_12x32", "reference"; empty where there is one implementation only
  bool integer = false;       // computes in 8-bit integers
  bool bf16 = false;          // multiplies floats that are rounded to bfloat16
  std::int64_t macs = 0;      // multiplications of a convolution
  std::int64_t bytes = 0;     // of the tensors that it reads and writes
  std::string passed_over{};  // why no faster lowering took the node: "convolution: weights are not constant"
};

// What an Observer is shown: a float image (batch after batch) or, for other ranks, plain values in `data` with height and width 1.
struct Observed {
  Value value;
  std::span<const kernels::ImageView<const float>> images;
};
using Observer = std::function<void(const Observed&)>;

class PlanBuilder;
class StripRunner;
struct PlanData;
struct RowGroup;
class Workspace;

// A graph made ready to run: kernels chosen, weights packed, memory laid out. Immutable; sessions share it.
class Plan {
 public:
  explicit Plan(std::unique_ptr<PlanData> data);
  ~Plan();

  std::span<const Port> inputs() const;
  std::span<const Port> outputs() const;
  std::span<const StepInfo> steps() const;
  std::size_t arena_bytes() const;
  const PlanData& data() const { return *data_; }

 private:
  std::unique_ptr<PlanData> data_;
};

// Every operation can be run: what no kernel takes is evaluated as it is defined. The graph is not needed afterwards.
// Errors: kUnsupported, with the name of the node, where a value or all of them together exceed the memory limit;
// kInvalidArgument where a picture is to be given to a graph that does not take one.
Result<std::shared_ptr<const Plan>> compile(const Graph& graph, const RuntimeOptions& options = {});

// The memory and threads of one stream of inferences. Not for use from two threads at once.
class Session {
 public:
  Session(std::shared_ptr<const Plan> plan, int threads);
  ~Session();

  const Plan& plan() const { return *plan_; }

  // Inputs in the order of plan().inputs(), with their types and shapes; kInvalidArgument otherwise. The outputs, in the
  // order of plan().outputs(), stay valid until the next run. From the first run on, no memory is allocated or freed in any
  // thread as long as it succeeds without an observer, but by steps of the reference evaluation (StepInfo::kernel "reference").
  Result<std::span<const Tensor>> run(std::span<const Tensor> inputs, const Observer& observer = {});

  // The outputs with a substitute, by its place in RuntimeOptions::substitutes, for its value and all else as in the last run(), whose
  // inputs are given again. Computes what depends on the value, and what the plan has not kept. From one run() to the next the places must
  // fall.
  Result<std::span<const Tensor>> run_with(std::size_t substitute, std::span<const Tensor> inputs);

  // Microseconds that each step took in the last run, in the order of plan().steps(); filled if enabled.
  void enable_profile(bool on) { profile_ = on; }
  std::span<const double> step_us() const { return step_us_; }

 private:
  bool goes_by_strips(const RowGroup& group) const;
  void run_group(const Workspace& workspace, const RowGroup& group);
  void divide_time(const RowGroup& group, double group_us);

  std::shared_ptr<const Plan> plan_;
  ThreadPool pool_;
  std::vector<std::unique_ptr<StripRunner>> runners_;  // one a thread
  std::unique_ptr<std::byte[]> arena_storage_;
  std::byte* arena_ = nullptr;
  std::vector<Tensor> outputs_;
  std::vector<std::shared_ptr<void>> states_;
  std::vector<double> step_us_;
  std::vector<char> stale_;              // by step: what it wrote depends on a substitute
  std::optional<std::size_t> in_place_;  // the substitute that has been exchanged with its value
  std::size_t next_substitute_ = 0;      // those before it can be taken
  bool profile_ = false;
};

}  // namespace octet
