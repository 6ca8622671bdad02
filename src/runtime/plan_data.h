#pragma once

#include <algorithm>
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

// Bytes from one row of an image to the next.
inline std::int64_t row_bytes(const Slot& image) {
  return image.width() * image.pixel_stride * (image.format == Format::kImageF32 ? std::int64_t{sizeof(float)} : 1);
}

struct PlanData;

// Rows of an image, from `begin` to `end` - 1.
struct Rows {
  std::int64_t begin = 0, end = 0;
  std::int64_t count() const { return end - begin; }
  bool empty() const { return begin >= end; }
};

// The rows of an input that a row of the output is computed from: row y from the rows y * stride - pad to y * stride - pad + extent - 1, as
// far as the image has them.
struct RowWindow {
  std::int64_t extent = 1, stride = 1, pad = 0;

  // What some rows of the output take of `height` rows.
  Rows below(const Rows& rows, std::int64_t height) const {
    return {std::clamp<std::int64_t>(rows.begin * stride - pad, 0, height),
            std::clamp<std::int64_t>((rows.end - 1) * stride - pad + extent, 0, height)};
  }
};

// Where a step finds some rows of an image while it computes a strip.
struct RowView {
  SlotId slot{};
  std::byte* data = nullptr;
  std::int64_t height = 0, above = 0;
};

// What a step sees while it runs.
class Workspace {
 public:
  Workspace(const PlanData& plan, std::byte* arena, std::span<const Tensor> inputs, std::span<Tensor> outputs,
            std::span<const std::shared_ptr<void>> states, ThreadPool& pool)
      : plan_(plan), arena_(arena), inputs_(inputs), outputs_(outputs), states_(states), pool_(pool) {}

  // The same for a strip: of the images of the step there are these rows, and one image of the batch.
  Workspace(const Workspace& whole, std::span<const RowView> rows, ThreadPool& pool)
      : plan_(whole.plan_),
        arena_(whole.arena_),
        inputs_(whole.inputs_),
        outputs_(whole.outputs_),
        states_(whole.states_),
        pool_(pool),
        rows_(rows) {}

  ThreadPool& pool() const { return pool_; }

  // Images that a step makes of the slot's batch.
  std::int64_t images(SlotId id) const { return rows_.empty() ? slot(id).batch() : 1; }
  // Where row 0 of an image is.
  std::byte* rows_of(SlotId id, std::int64_t n) const;

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
  std::span<const RowView> rows_{};
};

struct Step {
  StepInfo info;
  std::vector<SlotId> reads, writes;
  std::function<void(const Workspace&)> run;
  std::vector<std::pair<Value, SlotId>> shows{};  // observed values that are complete after this step
  // One for each of `reads`, where all that it reads and writes are images, what it writes of one size, of which some rows can be computed
  // by themselves; else none.
  std::vector<RowWindow> windows{};
};

// Steps that follow one another and can be run strip by strip: all rows of a strip go through all steps while they are in the cache, and
// what lies between the steps never is in memory as a whole. Each thread has a part of the rows of the last step's output.
struct RowGroup {
  // What a step writes and a later one of the group reads.
  struct Between {
    std::size_t offset = 0;  // of the rows that a strip needs, in bytes
    std::size_t row_bytes = 0;
  };

  std::size_t first = 0;
  std::vector<Between> between;                      // of all steps but the last
  std::vector<std::vector<std::int64_t>> producers;  // of each step and each of its reads: the step of the group that writes it, or -1
  std::int64_t height = 0;                           // of the last step's output
  std::int64_t strip_rows = 0;                       // of it
  std::size_t bytes = 0;                             // of all rows between the steps
  bool integer = true;                               // all steps
  double cost_of_border = 0;                         // what is computed twice where two threads meet, as a share of all

  static constexpr double kMostTwice = 1.0 / 16;  // of all, that may be computed twice

  std::size_t steps() const { return producers.size(); }
};

// How a value that another takes the place of is computed from.
struct Substitution {
  SlotId value{}, by{};              // of one format
  std::size_t first = 0;             // the first step that may read the value
  std::vector<std::size_t> makes{};  // the steps that make the substitute and lead to no output
  std::vector<char> follows{};       // by step: leads to an output and depends on the value
};

struct PlanData {
  std::vector<Port> inputs, outputs;
  std::vector<Slot> slots;
  std::vector<Tensor> constants;
  std::vector<Step> steps;
  std::vector<RowGroup> groups;  // in the order of the steps
  // Of a plan with substitutes, by their values; which steps lead to an output, and from which on what these read and write is kept.
  std::vector<Substitution> substitutions;
  std::vector<char> leads_to_output;
  std::size_t kept_from = 0;
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
  for (const RowView& rows : rows_)
    if (rows.slot == id)
      return {reinterpret_cast<T*>(rows.data), rows.height, place.width(), place.channels(), place.pixel_stride, rows.above};
  return {reinterpret_cast<T*>(rows_of(id, n)), place.height(), place.width(), place.channels(), place.pixel_stride};
}

inline std::byte* Workspace::rows_of(SlotId id, std::int64_t n) const {
  const Slot& place = slot(id);
  return address(place) + n * place.height() * row_bytes(place);
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
