#pragma once

#include <map>
#include <set>
#include <utility>

#include "base/function_ref.h"
#include "runtime/memory_planner.h"
#include "runtime/placement.h"
#include "runtime/plan_data.h"
#include "runtime/selection.h"

namespace octet {

std::uint64_t bytes_of(const TensorType& type);
// kUnsupported: a node whose result, or a plan whose greatest value is that of the node, does not fit into memory.
Error too_large(const std::string& node, std::uint64_t bytes, std::uint64_t limit);

// A value as elements of a planar slot: where its first one lies, and how far apart they are along each axis of the value.
struct StridedView {
  SlotId slot{};
  std::int64_t first = 0;
  std::vector<std::int64_t> strides;
};

// Turns a selection of lowerings into steps: hands out slots, inserts changes of layout and type where a reader wants
// another form than the one in which a value exists, and collects the steps that the lowerings add.
class PlanBuilder {
 public:
  // `graph` and `options` must outlive the builder.
  PlanBuilder(const Graph& graph, const RuntimeOptions& options);

  Result<std::unique_ptr<PlanData>> build();

  // For the lowerings.

  const Graph& graph() const { return graph_; }
  const Constants& constants() const { return constants_; }
  const Forms& forms() const { return selection_.forms; }
  const Isa& isa() const { return options_.isa; }
  InferencePrecision precision() const { return options_.precision; }
  // Why faster lowerings than the chosen one did not take the node.
  const std::string& passed_over(NodeId id) const { return selection_.passed_over[index_of(id)]; }

  // The element of `base` at which a value lies that has its memory, so that nothing need be copied.
  std::optional<std::int64_t> offset_in(Value value, Value base) const;

  // The slot in which a value first exists.
  SlotId natural(Value value);
  // The value in a given form; a conversion step is added the first time.
  SlotId image_f32(Value value);
  SlotId plain(Value value);
  // Where the elements of a planar value lie, which need not be one behind the other.
  StridedView view(Value value);
  // Says where the elements of a value lie that a lowering gives no step to write: one that copies them is added when plain() is asked
  // for the value.
  void set_view(Value value, StridedView view);
  // A planar value, or the picture that it is given as.
  SlotId plain_or_picture(Value value);

  const Slot& slot(SlotId id) const { return plan_->slot(id); }
  // A new slot with memory of its own.
  SlotId make_slot(Format format, TensorType type, QuantParamsPtr quant = nullptr);
  // The slot of the next output of the plan.
  SlotId make_output_slot(TensorType type);

  // Something that each session keeps for a step, with room for all that it can hold: steps do not allocate.
  StateId add_state(std::function<std::shared_ptr<void>()> make);
  // A step takes so much of the scratch of each thread.
  void need_scratch(std::size_t bytes);

  // `run` reads and writes the named slots only; steps run in the order in which they are added. `windows` as in Step: given, `run` must do
  // for the rows of a strip (Workspace::images, Workspace::image) with the bits that all rows together have.
  void add_step(StepInfo info, std::vector<SlotId> reads, std::vector<SlotId> writes, std::function<void(const Workspace&)> run,
                std::vector<RowWindow> windows = {});

 private:
  void add_ports();
  SlotId place(Value value);
  SlotId convert(Value value, Format format);
  SlotId constant_slot(Value value, Format format);
  SlotId dequantized(SlotId from, const std::string& name);
  SlotId interleaved(SlotId from, const std::string& name);
  SlotId planar(SlotId from, const std::string& name);
  void copy_view(Value value);
  void mark_observed(NodeId id);
  void mark_substitutes(NodeId id);
  void for_each_touched(const Step& step, FunctionRef<void(std::size_t buffer)> see) const;
  std::vector<BufferLifetime> lifetimes() const;
  void keep_for_substitutes(std::vector<BufferLifetime>& lifetimes);
  void lay_out_memory();
  Status check_memory() const;
  std::size_t buffer_bytes(const Slot& slot) const;

  const Graph& graph_;
  const RuntimeOptions& options_;
  Constants constants_;
  FusionFinder fusion_;
  Selection selection_;
  const std::set<Value> observed_;
  std::map<Value, Placement> placements_;
  std::unique_ptr<PlanData> plan_;
  std::map<Value, SlotId> natural_;
  std::map<std::pair<Value, Format>, SlotId> converted_;
  std::map<Value, StridedView> views_;  // that have not been copied
  std::size_t emitted_outputs_ = 0;
};

}  // namespace octet
