#include "detector/detection_lists.h"

#include <algorithm>
#include <span>
#include <type_traits>

namespace octet {
namespace {

static_assert(std::is_trivially_copyable_v<Detection>);

constexpr std::size_t kMostInMemory = (std::size_t{4} << 20) / sizeof(Detection);

}  // namespace

std::vector<Detection> DetectionLists::operator[](std::size_t image) const {
  const List& list = lists_[image];
  if (list.begin >= in_file_) {
    const auto first = recent_.begin() + static_cast<std::ptrdiff_t>(list.begin - in_file_);
    return {first, first + list.count};
  }
  std::vector<Detection> found(list.count);
  file_.read(list.begin * sizeof(Detection), std::as_writable_bytes(std::span(found)));
  return found;
}

void DetectionLists::set(std::size_t image, const std::vector<Detection>& found) {
  lists_[image] = {in_file_ + recent_.size(), static_cast<std::uint32_t>(found.size())};
  recent_.insert(recent_.end(), found.begin(), found.end());
  if (recent_.size() > kMostInMemory && can_spill_) spill();
}

void DetectionLists::spill() {
  can_spill_ = file_.append(std::as_bytes(std::span(recent_)));
  if (!can_spill_) return;
  in_file_ += recent_.size();
  recent_.clear();
}

void DetectionLists::Reader::read(std::size_t image, std::vector<Detection>& found) {
  const List& list = lists_.lists_[image];
  if (list.begin >= lists_.in_file_) {
    found = lists_[image];
    return;
  }
  found.clear();
  for (std::uint64_t at = list.begin; found.size() < list.count; at = list.begin + found.size()) {
    const Block& from = block(at / kDetectionsOfBlock);
    const std::size_t first = at % kDetectionsOfBlock, count = std::min(from.detections.size() - first, list.count - found.size());
    const auto begin = from.detections.begin() + static_cast<std::ptrdiff_t>(first);
    found.insert(found.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
}

const DetectionLists::Reader::Block& DetectionLists::Reader::block(std::uint64_t number) {
  Block& kept = blocks_[number % kBlocks];
  if (kept.number == number) return kept;
  const std::uint64_t begin = number * kDetectionsOfBlock;
  kept.number = UINT64_MAX;  // where reading throws
  kept.detections.resize(std::min<std::uint64_t>(kDetectionsOfBlock, lists_.in_file_ - begin));
  lists_.file_.read(begin * sizeof(Detection), std::as_writable_bytes(std::span(kept.detections)));
  kept.number = number;
  return kept;
}

}  // namespace octet
