#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/float_mode.h"
#include "runtime/plan_data.h"
#include "runtime/strip_runner.h"

namespace octet {
namespace {

constexpr std::size_t kArenaAlignment = 64;

Status check_inputs(std::span<const Port> ports, std::span<const Tensor> inputs) {
  if (ports.size() != inputs.size())
    return Error{ErrorCode::kInvalidArgument,
                 "the model takes " + std::to_string(ports.size()) + " inputs, " + std::to_string(inputs.size()) + " were given"};
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (inputs[i].type() != ports[i].type.element || inputs[i].shape() != ports[i].type.shape)
      return Error{ErrorCode::kInvalidArgument, "input '" + ports[i].name + "' is " + std::string(name_of(ports[i].type.element)) +
                                                    to_string(ports[i].type.shape) + ", " + std::string(name_of(inputs[i].type())) +
                                                    to_string(inputs[i].shape()) + " was given"};
  return {};
}

// The numbers of two slots of one format and shape.
void exchange(const Workspace& workspace, SlotId a, SlotId b) {
  const Slot& slot = workspace.slot(a);
  if (slot.format == Format::kPlain) {
    std::ranges::swap_ranges(workspace.plain<float>(a), workspace.plain<float>(b));
    return;
  }
  for (std::int64_t n = 0; n < slot.batch(); ++n) {
    const auto first = workspace.image<float>(a, n), second = workspace.image<float>(b, n);
    for (std::int64_t pixel = 0; pixel < first.pixels(); ++pixel) {
      float* const values = first.data + pixel * first.pixel_stride;
      std::swap_ranges(values, values + first.channels, second.data + pixel * second.pixel_stride);
    }
  }
}

void show(const Workspace& workspace, const Step& step, const Observer& observer) {
  for (const auto& [value, slot_id] : step.shows) {
    const Slot& slot = workspace.slot(slot_id);
    std::vector<kernels::ImageView<const float>> images;
    if (slot.format == Format::kImageF32) {
      for (std::int64_t n = 0; n < slot.batch(); ++n) images.push_back(workspace.image<const float>(slot_id, n));
    } else {
      const auto values = workspace.plain<const float>(slot_id);
      const auto count = static_cast<std::int64_t>(values.size());
      images.push_back({values.data(), 1, 1, count, count});
    }
    observer({value, images});
  }
}

}  // namespace

Session::Session(std::shared_ptr<const Plan> plan, int threads) : plan_(std::move(plan)), pool_(threads) {
  arena_storage_ = std::make_unique_for_overwrite<std::byte[]>(plan_->arena_bytes() + kArenaAlignment);
  const auto address = reinterpret_cast<std::uintptr_t>(arena_storage_.get());
  arena_ = arena_storage_.get() + (kArenaAlignment - address % kArenaAlignment) % kArenaAlignment;
  for (const Port& port : plan_->outputs()) outputs_.emplace_back(port.type.element, port.type.shape);
  for (const auto& make : plan_->data().states) states_.push_back(make());
  pool_.reserve_scratch(plan_->data().scratch_bytes);
  step_us_.resize(plan_->steps().size());
  stale_.resize(plan_->steps().size());
  if (std::ranges::any_of(plan_->data().groups, [&](const RowGroup& group) { return goes_by_strips(group); }))
    for (int i = 0; i < pool_.threads(); ++i) runners_.push_back(std::make_unique<StripRunner>(plan_->data()));
}

Session::~Session() = default;

Result<std::span<const Tensor>> Session::run(std::span<const Tensor> inputs, const Observer& observer) {
  OCTET_RETURN_IF_ERROR(check_inputs(plan_->inputs(), inputs));
  const PlanData& data = plan_->data();
  const FlushDenormals flush;
  const Workspace workspace(data, arena_, inputs, outputs_, states_, pool_);
  in_place_.reset();
  next_substitute_ = data.substitutions.size();
  std::ranges::fill(stale_, char{0});
  auto group = data.groups.begin();
  for (std::size_t i = 0; i < data.steps.size(); ++i) {
    if (!observer && !data.substitutions.empty() && !data.leads_to_output[i]) continue;
    if (group != data.groups.end() && i == group->first) {
      const RowGroup& found = *group++;
      if (goes_by_strips(found)) {
        run_group(workspace, found);
        i += found.steps() - 1;
        continue;
      }
    }
    const auto start = profile_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
    data.steps[i].run(workspace);
    if (profile_) step_us_[i] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (observer) show(workspace, data.steps[i], observer);
  }
  return std::span<const Tensor>(outputs_);
}

// Steps before the first one that is kept, and all behind them, run again; of others those that follow, or followed the last substitute.
Result<std::span<const Tensor>> Session::run_with(std::size_t substitute, std::span<const Tensor> inputs) {
  OCTET_RETURN_IF_ERROR(check_inputs(plan_->inputs(), inputs));
  const PlanData& data = plan_->data();
  OCTET_CHECK(substitute < next_substitute_, "substitutes are taken from the last to the first, after a run");
  const FlushDenormals flush;
  const Workspace workspace(data, arena_, inputs, outputs_, states_, pool_);
  const Substitution& substitution = data.substitutions[substitute];
  const bool all = substitution.first < data.kept_from;
  if (in_place_ && !all) exchange(workspace, data.substitutions[*in_place_].value, data.substitutions[*in_place_].by);
  if (all)
    for (std::size_t i = 0; i < substitution.first; ++i)
      if (data.leads_to_output[i]) data.steps[i].run(workspace);
  for (const std::size_t i : substitution.makes) data.steps[i].run(workspace);
  exchange(workspace, substitution.value, substitution.by);
  for (std::size_t i = substitution.first; i < data.steps.size(); ++i)
    if (data.leads_to_output[i] && (all || stale_[i] || substitution.follows[i])) data.steps[i].run(workspace);
  stale_ = substitution.follows;
  in_place_ = substitute;
  next_substitute_ = substitute;
  return std::span<const Tensor>(outputs_);
}

// A single thread gains where a strip is less than all rows of floats: bytes are few enough not to wait for. Several compute some rows
// twice, where they meet, and wait for one another once a group.
bool Session::goes_by_strips(const RowGroup& group) const {
  const int threads = pool_.threads();
  return threads == 1 ? group.strip_rows < group.height && !group.integer : (threads - 1) * group.cost_of_border <= RowGroup::kMostTwice;
}

void Session::run_group(const Workspace& workspace, const RowGroup& group) {
  const auto start = profile_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
  for (const auto& runner : runners_) std::ranges::fill(runner->step_us(), 0.0);
  const std::int64_t parts = std::min<std::int64_t>(pool_.threads(), group.height);
  const std::int64_t images = workspace.slot(plan_->data().steps[group.first].writes[0]).batch();
  for (std::int64_t n = 0; n < images; ++n)
    pool_.run_each(parts, [&](std::int64_t part) {
      const Rows rows{group.height * part / parts, group.height * (part + 1) / parts};
      runners_[static_cast<std::size_t>(part)]->run(workspace, group, n, rows, profile_);
    });
  if (profile_) divide_time(group, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
}

// A step's share of the time of its group is that of the time that all threads spent on it.
void Session::divide_time(const RowGroup& group, double group_us) {
  double all = 0;
  for (std::size_t step = group.first; step < group.first + group.steps(); ++step) {
    step_us_[step] = 0;
    for (const auto& runner : runners_) step_us_[step] += runner->step_us()[step];
    all += step_us_[step];
  }
  for (std::size_t step = group.first; step < group.first + group.steps(); ++step) step_us_[step] *= all > 0 ? group_us / all : 0;
}

}  // namespace octet
