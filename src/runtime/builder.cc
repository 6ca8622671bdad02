#include "runtime/builder.h"

#include <algorithm>

#include "kernels/quantize/quantize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/input_step.h"
#include "runtime/lowerings/strided.h"
#include "runtime/row_groups.h"
#include "runtime/step_dependencies.h"

namespace octet {
namespace {

constexpr std::size_t kAlignment = 64;

std::size_t element_bytes(const Slot& slot) {
  switch (slot.format) {
    case Format::kImageF32:
      return sizeof(float);
    case Format::kPlainU8:
    case Format::kImageU8:
    case Format::kPicture:
      return 1;
    case Format::kPlain:
      break;
  }
  return size_of(slot.type.element);
}

// What is to exist as a tensor of its own.
std::vector<Value> visible_values(const RuntimeOptions& options) {
  std::vector<Value> values = options.observe;
  for (const auto& [value, by] : options.substitutes) values.insert(values.end(), {value, by});
  return values;
}

TensorType picture_type(const Shape& image) { return {ElementType::kU8, {image[0], image[2], image[3], image[1]}}; }

}  // namespace

std::uint64_t bytes_of(const TensorType& type) { return static_cast<std::uint64_t>(element_count(type.shape)) * size_of(type.element); }

Error too_large(const std::string& node, std::uint64_t bytes, std::uint64_t limit) {
  constexpr std::uint64_t kMegabyte = 1'000'000;
  return Error{ErrorCode::kUnsupported, "node '" + node + "': the memory needed, " + std::to_string(bytes / kMegabyte) +
                                            " MB, exceeds the " + std::to_string(limit / kMegabyte) + " MB that there are"};
}

PlanBuilder::PlanBuilder(const Graph& graph, const RuntimeOptions& options)
    : graph_(graph),
      options_(options),
      constants_(graph),
      fusion_(graph, constants_, visible_values(options)),
      selection_(select_lowerings(graph, constants_, fusion_, options.picture_input ? Format::kPicture : Format::kPlain)),
      observed_(options.observe.begin(), options.observe.end()),
      placements_(place_values(graph, selection_)),
      plan_(std::make_unique<PlanData>()) {}

Result<std::unique_ptr<PlanData>> PlanBuilder::build() {
  add_ports();
  plan_->substitutions.resize(options_.substitutes.size());
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    if (const Match* match = selection_.match(id); match && match->emit) match->emit(*this);
    mark_observed(id);
    mark_substitutes(id);
  }
  if (options_.only_observed) drop_unobserved_steps(*plan_);
  if (options_.substitutes.empty())
    plan_->groups = find_row_groups(*plan_, options_.cache_bytes);
  else
    find_dependent_steps(*plan_);
  lay_out_memory();
  OCTET_RETURN_IF_ERROR(check_memory());
  for (const Step& step : plan_->steps) plan_->step_infos.push_back(step.info);
  return std::move(plan_);
}

void PlanBuilder::add_ports() {
  for (const NodeId id : graph_.parameters()) {
    const Node& node = graph_.node(id);
    const TensorType& type = node.outputs[0];
    const SlotId to = make_slot(forms().natural.at({id, 0}).format, type);
    plan_->slots[static_cast<std::size_t>(to)].memory = Slot::Memory::kInput;
    plan_->slots[static_cast<std::size_t>(to)].index = plan_->inputs.size();
    natural_[{id, 0}] = to;
    plan_->inputs.push_back(
        {node.name, options_.picture_input ? picture_type(type.shape) : type, std::get<Parameter>(node.op).further_names});
  }
  for (const NodeId id : graph_.outputs()) {
    const Node& node = graph_.node(id);
    plan_->outputs.push_back({node.name, graph_.type(node.inputs[0]), std::get<Output>(node.op).further_names});
  }
}

std::optional<std::int64_t> PlanBuilder::offset_in(Value value, Value base) const {
  std::int64_t offset = 0;
  base = forms().resolve(base);
  for (value = forms().resolve(value); value != base;) {
    const auto placed = placements_.find(value);
    if (placed == placements_.end()) return std::nullopt;
    offset += placed->second.element_offset;
    value = placed->second.base;
  }
  return offset;
}

SlotId PlanBuilder::make_output_slot(TensorType type) {
  const SlotId id = make_slot(Format::kPlain, std::move(type));
  Slot& mine = plan_->slots[static_cast<std::size_t>(id)];
  mine.memory = Slot::Memory::kOutput;
  mine.index = emitted_outputs_++;
  return id;
}

SlotId PlanBuilder::make_slot(Format format, TensorType type, QuantParamsPtr quant) {
  Slot slot{format, std::move(type), std::move(quant), Slot::Memory::kArena, plan_->slots.size(), 0, 0};
  if (!is_row_major(format)) slot.pixel_stride = slot.channels();
  plan_->slots.push_back(std::move(slot));
  return static_cast<SlotId>(plan_->slots.size() - 1);
}

SlotId PlanBuilder::natural(Value value) {
  value = forms().resolve(value);
  // A part needs the place of the whole first, which may be a part itself: down to one that has a place, then back.
  std::vector<Value> parts;
  for (Value part = value; !natural_.contains(part); part = placements_.at(part).base) {
    parts.push_back(part);
    if (!placements_.contains(part)) break;
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) natural_[*part] = place(*part);
  return natural_.at(value);
}

// The place in which a value lies must have its slot already.
SlotId PlanBuilder::place(Value value) {
  const Form& form = forms().natural.at(value);
  const SlotId id = make_slot(form.format, graph_.type(value), form.quant);
  const auto placed = placements_.find(value);
  if (placed == placements_.end()) return id;

  // Inside another slot: the same buffer, further on; an image inside an image keeps that one's pixel stride.
  const Slot base = slot(natural_.at(placed->second.base));
  Slot& mine = plan_->slots[static_cast<std::size_t>(id)];
  mine.memory = base.memory;
  mine.index = base.index;
  mine.byte_offset = base.byte_offset + static_cast<std::size_t>(placed->second.element_offset) * element_bytes(mine);
  if (!is_row_major(mine.format) && !is_row_major(base.format)) mine.pixel_stride = base.pixel_stride;
  return id;
}

SlotId PlanBuilder::image_f32(Value value) { return convert(value, Format::kImageF32); }
SlotId PlanBuilder::plain(Value value) { return convert(value, Format::kPlain); }

StridedView PlanBuilder::view(Value value) {
  value = forms().resolve(value);
  const auto found = views_.find(value);
  return found == views_.end() ? StridedView{plain(value), 0, row_major_strides(graph_.shape(value))} : found->second;
}

void PlanBuilder::set_view(Value value, StridedView view) { views_[value] = std::move(view); }

void PlanBuilder::copy_view(Value value) {
  const auto found = views_.extract(value);
  if (found.empty()) return;
  const StridedView& from = found.mapped();
  StepInfo info{graph_.node(value).name, std::string(type_name(graph_.node(value).op))};
  info.passed_over = passed_over(value.node);
  const TensorType& type = graph_.type(value);
  add_strided_step(*this, std::move(info), from.slot, natural(value), strided_copy_of(type.shape, from.strides, from.first, type.element));
}

SlotId PlanBuilder::plain_or_picture(Value value) {
  const bool constant = constants_.is_constant(forms().resolve(value));
  return !constant && slot(natural(value)).format == Format::kPicture ? natural(value) : plain(value);
}

SlotId PlanBuilder::convert(Value value, Format format) {
  value = forms().resolve(value);
  if (constants_.is_constant(value)) return constant_slot(value, format);
  copy_view(value);
  const SlotId from = natural(value);
  const Format have = slot(from).format;
  if (have == format) return from;
  if (const auto found = converted_.find({value, format}); found != converted_.end()) return found->second;
  const std::string& name = graph_.node(value).name;
  if (have == Format::kPlainU8) {
    const SlotId reals = dequantized(from, name);
    const SlotId wanted = format == Format::kPlain ? reals : interleaved(reals, name);
    converted_[{value, format}] = wanted;
    return wanted;
  }
  const SlotId result = format == Format::kPlain   ? planar(image_f32(value), name)
                        : have == Format::kImageU8 ? dequantized(from, name)
                                                   : interleaved(from, name);
  converted_[{value, format}] = result;
  return result;
}

SlotId PlanBuilder::constant_slot(Value value, Format format) {
  if (const auto found = converted_.find({value, format}); found != converted_.end()) return found->second;
  const SlotId id = make_slot(Format::kPlain, graph_.type(value));
  Slot& mine = plan_->slots[static_cast<std::size_t>(id)];
  mine.memory = Slot::Memory::kConstant;
  mine.index = plan_->constants.size();
  plan_->constants.push_back(constants_[value]);
  const SlotId result = format == Format::kPlain ? id : interleaved(id, graph_.node(value).name);
  converted_[{value, format}] = result;
  return result;
}

SlotId PlanBuilder::dequantized(SlotId from, const std::string& name) {
  if (slot(from).format == Format::kPlainU8) {
    const SlotId reals = make_slot(Format::kPlain, slot(from).type);
    add_dequantize_step(*this, from, reals, name);
    return reals;
  }
  const SlotId to = make_slot(Format::kImageF32, slot(from).type);
  add_image_step<std::uint8_t, float>(
      *this, {name, "dequantize"}, from, to,
      [quant = slot(from).quant, isa = isa()](auto in, auto out, ThreadPool& pool) {
        kernels::dequantize_u8(in, quant->scale, quant->zero_point, out, isa, pool);
      },
      kSameRow);
  return to;
}

SlotId PlanBuilder::interleaved(SlotId from, const std::string& name) {
  const SlotId to = make_slot(Format::kImageF32, slot(from).type);
  add_input_step(*this, {name, "reorder"}, from, to, {});
  return to;
}

SlotId PlanBuilder::planar(SlotId from, const std::string& name) {
  const SlotId to = make_slot(Format::kPlain, slot(from).type);
  add_planar_step(*this, {name, "reorder"}, from, to);
  return to;
}

StateId PlanBuilder::add_state(std::function<std::shared_ptr<void>()> make) {
  plan_->states.push_back(std::move(make));
  return static_cast<StateId>(plan_->states.size() - 1);
}

void PlanBuilder::need_scratch(std::size_t bytes) { plan_->scratch_bytes = std::max(plan_->scratch_bytes, bytes); }

void PlanBuilder::add_step(StepInfo info, std::vector<SlotId> reads, std::vector<SlotId> writes, std::function<void(const Workspace&)> run,
                           std::vector<RowWindow> windows) {
  for (const auto* slots : {&reads, &writes})
    for (const SlotId id : *slots) info.bytes += element_count(slot(id).type.shape) * static_cast<std::int64_t>(element_bytes(slot(id)));
  plan_->steps.push_back({std::move(info), std::move(reads), std::move(writes), std::move(run), {}, std::move(windows)});
}

// When the steps of its node are there an observed value is complete, whether they write it or it lies inside another.
void PlanBuilder::mark_observed(NodeId id) {
  for (auto next = observed_.lower_bound({id, 0}); next != observed_.end() && next->node == id; ++next) {
    const Value value = *next;
    if (!forms().natural.contains(forms().resolve(value)) || graph_.type(value).element != ElementType::kF32) continue;
    const Shape& shape = graph_.shape(value);
    const SlotId shown = shape.size() == 4 && element_count(shape) > 0 ? image_f32(value) : plain(value);
    if (plan_->steps.empty()) add_step({graph_.node(id).name, "show"}, {shown}, {}, [](const Workspace&) {});
    plan_->steps.back().shows.push_back({value, shown});
  }
}

// A value comes before what takes its place.
void PlanBuilder::mark_substitutes(NodeId id) {
  for (std::size_t i = 0; i < options_.substitutes.size(); ++i) {
    const auto& [value, by] = options_.substitutes[i];
    Substitution& substitution = plan_->substitutions[i];
    if (value.node == id) {
      substitution.value = convert(value, forms().natural.at(forms().resolve(value)).format);
      substitution.first = plan_->steps.size();
    }
    if (by.node == id) substitution.by = convert(by, slot(substitution.value).format);
  }
}

void PlanBuilder::for_each_touched(const Step& step, FunctionRef<void(std::size_t buffer)> see) const {
  const auto visit = [&](SlotId id) {
    if (slot(id).memory == Slot::Memory::kArena) see(slot(id).index);
  };
  for (const SlotId id : step.reads) visit(id);
  for (const SlotId id : step.writes) visit(id);
  for (const auto& shown : step.shows) visit(shown.second);
}

std::size_t PlanBuilder::buffer_bytes(const Slot& slot) const {
  const auto elements = static_cast<std::size_t>(element_count(slot.type.shape));
  return elements * element_bytes(slot) + kernels::kReadSlack;
}

// Buffers are the slots that lie in no other; a slot's index names its buffer until here. The steps of a group may run side by side, so
// that what one of them touches is kept for all.
std::vector<BufferLifetime> PlanBuilder::lifetimes() const {
  std::vector<BufferLifetime> lifetimes(plan_->slots.size());
  auto group = plan_->groups.begin();
  for (std::size_t step = 0; step < plan_->steps.size(); ++step) {
    if (group != plan_->groups.end() && step == group->first + group->steps()) ++group;
    const bool grouped = group != plan_->groups.end() && step >= group->first;
    const std::size_t begin = grouped ? group->first : step, end = grouped ? group->first + group->steps() - 1 : step;
    for_each_touched(plan_->steps[step], [&](std::size_t buffer) {
      BufferLifetime& life = lifetimes[buffer];
      if (life.bytes == 0) life = {buffer_bytes(plan_->slots[buffer]), begin, end};
      life.last_step = end;
    });
  }
  return lifetimes;
}

// What is kept lies where nothing else does from the first kept step on, as steps before it may run again. What makes a substitute does so
// right before the first step that may read it, from what is kept as well where that step is.
void PlanBuilder::keep_for_substitutes(std::vector<BufferLifetime>& lifetimes) {
  const auto bytes_of = [&](std::size_t buffer) { return lifetimes[buffer].bytes; };
  plan_->kept_from = first_kept_step(*plan_, options_.kept_bytes, bytes_of);
  const auto keep = [&](std::size_t buffer) {
    lifetimes[buffer].first_step = std::min(lifetimes[buffer].first_step, plan_->kept_from);
    lifetimes[buffer].last_step = plan_->steps.size();
  };
  std::vector<bool> leads_to_output(lifetimes.size());
  for (std::size_t step = 0; step < plan_->steps.size(); ++step) {
    if (!plan_->leads_to_output[step]) continue;
    for_each_touched(plan_->steps[step], [&](std::size_t buffer) {
      leads_to_output[buffer] = true;
      if (step >= plan_->kept_from) keep(buffer);
    });
  }
  for (const Substitution& substitution : plan_->substitutions)
    for (const std::size_t step : substitution.makes)
      for_each_touched(plan_->steps[step], [&](std::size_t buffer) {
        lifetimes[buffer].first_step = std::min(lifetimes[buffer].first_step, substitution.first);
        lifetimes[buffer].last_step = std::max(lifetimes[buffer].last_step, substitution.first);
        if (leads_to_output[buffer] && substitution.first >= plan_->kept_from) keep(buffer);
      });
}

void PlanBuilder::lay_out_memory() {
  std::vector<BufferLifetime> buffers = lifetimes();
  if (!plan_->substitutions.empty()) keep_for_substitutes(buffers);
  const MemoryLayout layout = plan_memory(buffers, kAlignment);
  plan_->arena_bytes = layout.total_bytes + kAlignment;
  for (Slot& each : plan_->slots)
    if (each.memory == Slot::Memory::kArena) each.byte_offset += layout.offsets[each.index];
}

Status PlanBuilder::check_memory() const {
  std::uint64_t bytes = plan_->arena_bytes;
  for (const Port& port : plan_->inputs) bytes += bytes_of(port.type);
  for (const Port& port : plan_->outputs) bytes += bytes_of(port.type);
  if (bytes <= options_.memory_limit) return {};
  const auto largest = [](const Node& node) {
    std::uint64_t most = 0;
    for (const TensorType& type : node.outputs) most = std::max(most, bytes_of(type));
    return most;
  };
  const Node& node = *std::ranges::max_element(graph_.nodes(), {}, largest);
  return too_large(node.name, bytes, options_.memory_limit);
}

}  // namespace octet
