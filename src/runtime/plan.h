#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cache.h"
#include "base/cpu.h"
#include "base/memory.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "graph/graph.h"
#include "kernels/view.h"

namespace octet {

struct RuntimeOptions {
  Isa isa = active_isa();
  // Values that must exist as float tensors of their own while the plan runs, for an Observer to see.
  std::vector<Value> observe{};
  // The one input of the graph, a float image [N,C,H,W], is given as the bytes of a picture, u8 [N,H,W,C], for the numbers 0 to 255.
  // The results are those of the same numbers as floats, to the last bit.
  bool picture_input = false;
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
  bool profile_ = false;
};

}  // namespace octet
