#include <chrono>
#include <cstdint>

#include "base/float_mode.h"
#include "runtime/plan_data.h"

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
  arena_storage_ = std::make_unique<std::byte[]>(plan_->arena_bytes() + kArenaAlignment);
  const auto address = reinterpret_cast<std::uintptr_t>(arena_storage_.get());
  arena_ = arena_storage_.get() + (kArenaAlignment - address % kArenaAlignment) % kArenaAlignment;
  for (const Port& port : plan_->outputs()) outputs_.emplace_back(port.type.element, port.type.shape);
  for (const auto& make : plan_->data().states) states_.push_back(make());
  pool_.reserve_scratch(plan_->data().scratch_bytes);
  step_us_.resize(plan_->steps().size());
}

Session::~Session() = default;

Result<std::span<const Tensor>> Session::run(std::span<const Tensor> inputs, const Observer& observer) {
  OCTET_RETURN_IF_ERROR(check_inputs(plan_->inputs(), inputs));
  const PlanData& data = plan_->data();
  const FlushDenormals flush;
  const Workspace workspace(data, arena_, inputs, outputs_, states_, pool_);
  for (std::size_t i = 0; i < data.steps.size(); ++i) {
    const auto start = profile_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
    data.steps[i].run(workspace);
    if (profile_) step_us_[i] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (observer) show(workspace, data.steps[i], observer);
  }
  return std::span<const Tensor>(outputs_);
}

}  // namespace octet
