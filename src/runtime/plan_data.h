#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/view.h"
#include "runtime/fusion.h"
#include "runtime/plan.h"

namespace octet {

// How a tensor lies in memory: row-major as in the graph, or as images with interleaved channels. A picture is an input that
// is given as bytes for the numbers 0 to 255; it is an image for the steps that read it and for nothing else.
enum class Format : std::uint8_t { kPlain, kPlainU8, kImageF32, kImageU8, kPicture };

inline bool is_row_major(Format format) { return format == Format::kPlain || format == Format::kPlainU8; }

enum class SlotId : std::uint32_t {};
enum class StateId : std::uint32_t {};

// A place for one tensor.
struct Slot {
  enum class Memory : std::uint8_t { kArena, kInput, kOutput, kConstant };

  Format format = Format::kPlain;
  TensorType type;       // logical: NCHW, the element type of the graph
  QuantParamsPtr quant;  // for kImageU8 and kPlainU8
  Memory memory = Memory::kArena;
  std::size_t index = 0;          // of the input, output or constant; of the buffer while memory is being planned
  std::size_t byte_offset = 0;    // in the arena or in the input, output or constant
  std::int64_t pixel_stride = 0;  // elements, for images

  std::int64_t batch() const { return type.shape[0]; }
  std::int64_t channels() const { return type.shape[1]; }
  std::int64_t height() const { return type.shape[2]; }
  std::int64_t width() const { return type.shape[3]; }
};

struct PlanData;

// What a step sees while it runs.
class Workspace {
 public:
  Workspace(const PlanData& plan, std::byte* arena, std::span<const Tensor> inputs, std::span<Tensor> outputs,
            std::span<const std::shared_ptr<void>> states, ThreadPool& pool)
      : plan_(plan), arena_(arena), inputs_(inputs), outputs_(outputs), states_(states), pool_(pool) {}

  ThreadPool& pool() const { return pool_; }

  // Image `n` of the batch.
  template <typename T>
  kernels::ImageView<T> image(SlotId id, std::int64_t n = 0) const;
  template <typename T>
  std::span<T> plain(SlotId id) const;
  std::span<std::byte> plain_bytes(SlotId id) const;
  const Slot& slot(SlotId id) const;
  // What the session keeps for a step, made by the T-making function that was given to PlanBuilder::add_state.
  template <typename T>
  T& state(StateId id) const {
    return *static_cast<T*>(states_[static_cast<std::size_t>(id)].get());
  }

 private:
  std::byte* address(const Slot& slot) const;

  const PlanData& plan_;
  std::byte* arena_;
  std::span<const Tensor> inputs_;
  std::span<Tensor> outputs_;
  std::span<const std::shared_ptr<void>> states_;
  ThreadPool& pool_;
};

struct Step {
  StepInfo info;
  std::vector<SlotId> reads, writes;
  std::function<void(const Workspace&)> run;
  std::vector<std::pair<Value, SlotId>> shows;  // observed values that are complete after this step
};

struct PlanData {
  std::vector<Port> inputs, outputs;
  std::vector<Slot> slots;
  std::vector<Tensor> constants;
  std::vector<Step> steps;
  std::vector<StepInfo> step_infos;
  std::vector<std::function<std::shared_ptr<void>()>> states;  // what each session makes for its steps
  std::size_t arena_bytes = 0;
  std::size_t scratch_bytes = 0;  // of each thread

  const Slot& slot(SlotId id) const { return slots[static_cast<std::size_t>(id)]; }
};

inline const Slot& Workspace::slot(SlotId id) const { return plan_.slot(id); }

template <typename T>
kernels::ImageView<T> Workspace::image(SlotId id, std::int64_t n) const {
  const Slot& place = slot(id);
  T* data = reinterpret_cast<T*>(address(place)) + n * place.height() * place.width() * place.pixel_stride;
  return {data, place.height(), place.width(), place.channels(), place.pixel_stride};
}

template <typename T>
std::span<T> Workspace::plain(SlotId id) const {
  const Slot& place = slot(id);
  return {reinterpret_cast<T*>(address(place)), static_cast<std::size_t>(element_count(place.type.shape))};
}

inline std::span<std::byte> Workspace::plain_bytes(SlotId id) const {
  const Slot& place = slot(id);
  const std::size_t element_bytes = place.format == Format::kPlainU8 ? 1 : size_of(place.type.element);
  return {address(place), static_cast<std::size_t>(element_count(place.type.shape)) * element_bytes};
}

inline std::byte* Workspace::address(const Slot& place) const {
  switch (place.memory) {
    case Slot::Memory::kInput:
      return const_cast<std::byte*>(inputs_[place.index].bytes().data()) + place.byte_offset;
    case Slot::Memory::kOutput:
      return const_cast<std::byte*>(outputs_[place.index].bytes().data()) + place.byte_offset;
    case Slot::Memory::kConstant:
      return const_cast<std::byte*>(plan_.constants[place.index].bytes().data()) + place.byte_offset;
    case Slot::Memory::kArena:
      break;
  }
  return arena_ + place.byte_offset;
}

}  // namespace octet
