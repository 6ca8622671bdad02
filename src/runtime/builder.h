#pragma once

#include <map>
#include <set>
#include <utility>

#include "runtime/decide.h"
#include "runtime/placement.h"
#include "runtime/plan_data.h"

namespace octet {

// Turns decisions into steps: hands out slots, inserts changes of layout and type where a reader wants another form than
// the one in which a value exists, and collects the steps. The emit_*.cc files have one function a lowering.
class PlanBuilder {
 public:
  PlanBuilder(const Graph& graph, const RuntimeOptions& options);

  Result<std::unique_ptr<PlanData>> build();

  const Graph& graph() const { return graph_; }
  const Constants& constants() const { return constants_; }
  const Decisions& decisions() const { return decisions_; }
  Isa isa() const { return options_.isa; }

  // The slot in which a value first exists.
  SlotId natural(Value value);
  // The value in a given form; a conversion step is added the first time.
  SlotId image_f32(Value value);
  SlotId plain(Value value);
  // The value as float image or as quantized image, whichever it is.
  SlotId image(Value value);

  const Slot& slot(SlotId id) const { return plan_->slot(id); }
  // A new slot with memory of its own.
  SlotId make_slot(Format format, TensorType type, QuantParamsPtr quant = nullptr);

  void add_step(StepInfo info, std::vector<SlotId> reads, std::vector<SlotId> writes, std::function<void(const Workspace&)> run);

 private:
  void add_ports();
  Status emit_node(NodeId id);
  void emit_output(NodeId id);
  SlotId place(Value value);
  SlotId convert(Value value, Format format);
  SlotId constant_slot(Value value, Format format);
  SlotId dequantized(SlotId from, const std::string& name);
  SlotId interleaved(SlotId from, const std::string& name);
  SlotId planar(SlotId from, const std::string& name);
  void mark_observed(NodeId id);
  void lay_out_memory();
  std::size_t buffer_bytes(const Slot& slot) const;

  const Graph& graph_;
  const RuntimeOptions& options_;
  Constants constants_;
  FusionFinder fusion_;
  Decisions decisions_;
  const std::set<Value> observed_;
  std::map<Value, Placement> placements_;
  std::unique_ptr<PlanData> plan_;
  std::map<Value, SlotId> natural_;
  std::map<std::pair<Value, Format>, SlotId> converted_;
  std::size_t emitted_outputs_ = 0;
};

// One function a lowering; each adds the steps of one node.
Status emit_convolution(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_input_image(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_scale_shift(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_binary_images(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_activate_image(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_activate_plain(PlanBuilder& builder, NodeId id, const kernels::Activation& activation);
void emit_max_pool(PlanBuilder& builder, NodeId id);
void emit_avg_pool(PlanBuilder& builder, NodeId id, const NodeDecision& decision);
void emit_resize_nearest(PlanBuilder& builder, NodeId id);
void emit_quantize(PlanBuilder& builder, NodeId id);
void emit_concat_images(PlanBuilder& builder, NodeId id, const std::map<Value, Placement>& placements);
void emit_concat_plain(PlanBuilder& builder, NodeId id, const std::map<Value, Placement>& placements);
void emit_same_bytes(PlanBuilder& builder, NodeId id, bool from_image, const std::map<Value, Placement>& placements);
void emit_detection_output(PlanBuilder& builder, NodeId id);
void emit_generic(PlanBuilder& builder, NodeId id);

// A float image that a step writes for `result`: the natural slot, or a temporary that is quantized into it by finish().
class FloatResult {
 public:
  FloatResult(PlanBuilder& builder, const NodeDecision& decision);
  SlotId slot() const { return float_; }
  void finish(const std::string& name);

 private:
  PlanBuilder& builder_;
  SlotId float_, final_;
};

// Adds a step that quantizes one float image into another slot with its parameters.
void add_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name);

}  // namespace octet
