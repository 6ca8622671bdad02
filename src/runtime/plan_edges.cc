#include "runtime/plan_edges.h"

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/plan_data.h"

namespace octet {
namespace {

// A tensor or a part of it in its place, the part of the plan that wrote it, and as which of its tensors.
struct Written {
  const Slot* slot = nullptr;
  std::size_t part = 0, output = 0;
  bool is_read = false;
};

TensorType type_in_memory(const Slot& slot) {
  const bool is_bytes = slot.format == Format::kImageU8 || slot.format == Format::kPlainU8 || slot.format == Format::kPicture;
  return {is_bytes ? ElementType::kU8 : slot.type.element, slot.type.shape};
}

// The bytes of a tensor: as many runs as it has pixels, `stride` apart; one where it is no image.
struct Bytes {
  std::int64_t begin = 0, run = 0, stride = 0, runs = 1;
  std::int64_t end() const { return begin + (runs - 1) * stride + run; }
};

Bytes bytes_of(const Slot& slot) {
  const TensorType type = type_in_memory(slot);
  const auto item = static_cast<std::int64_t>(size_of(type.element)), begin = static_cast<std::int64_t>(slot.byte_offset);
  const std::int64_t items = element_count(type.shape);
  if (slot.pixel_stride == 0 || items == 0) return {begin, items * item, 0, 1};
  return {begin, slot.channels() * item, slot.pixel_stride * item, items / slot.channels()};
}

// Of two tensors in one buffer, whose strides are the same where both are images that others surround.
bool overlap(const Bytes& one, const Bytes& other) {
  if (one.begin >= other.end() || other.begin >= one.end()) return false;
  if (one.stride != other.stride || one.stride == 0) return true;
  const std::int64_t apart = ((one.begin - other.begin) % one.stride + one.stride) % one.stride;
  return apart < other.run || apart + one.run > one.stride;
}

// What lies where while the steps are gone through.
class EdgeFinder {
 public:
  explicit EdgeFinder(const PlanData& plan) : plan_(plan) {}

  std::vector<PlanEdge> find() {
    const std::size_t inputs = plan_.inputs.size();
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      for (const SlotId id : plan_.steps[i].reads) read(plan_.slot(id), inputs + i);
      for (std::size_t output = 0; output < plan_.steps[i].writes.size(); ++output)
        write({&plan_.slot(plan_.steps[i].writes[output]), inputs + i, output});
    }
    for (std::size_t i = 0; i < plan_.outputs.size(); ++i)
      for (const Written& part : buffers_[{Slot::Memory::kOutput, i}]) add(part, inputs + plan_.steps.size() + i);
    return std::move(edges_);
  }

 private:
  std::vector<Written>& buffer_of(const Slot& slot) { return buffers_[{slot.memory, slot.index}]; }

  void add(const Written& written, std::size_t to) { edges_.push_back({written.part, to, written.output, type_in_memory(*written.slot)}); }

  // The tensor itself where it was written as it is read, else all that lies in its place.
  void read(const Slot& slot, std::size_t to) {
    if (slot.memory == Slot::Memory::kConstant) return;
    if (slot.memory == Slot::Memory::kInput) return add({&slot, slot.index, 0}, to);
    auto& buffer = buffer_of(slot);
    const bool is_whole = std::ranges::find(buffer, &slot, &Written::slot) == buffer.end();
    for (Written& written : buffer) {
      if (is_whole ? !overlap(bytes_of(*written.slot), bytes_of(slot)) : written.slot != &slot) continue;
      written.is_read = true;
      add(written, to);
    }
  }

  // In place of what was there, if that has been read; else beside it: several steps may write a tensor, each its part.
  void write(const Written& written) {
    auto& buffer = buffer_of(*written.slot);
    std::erase_if(buffer,
                  [&](const Written& earlier) { return earlier.is_read && earlier.slot->byte_offset == written.slot->byte_offset; });
    buffer.push_back(written);
  }

  const PlanData& plan_;
  std::map<std::pair<Slot::Memory, std::size_t>, std::vector<Written>> buffers_;
  std::vector<PlanEdge> edges_;
};

}  // namespace

std::vector<PlanEdge> edges_of(const Plan& plan) { return EdgeFinder(plan.data()).find(); }

}  // namespace octet
