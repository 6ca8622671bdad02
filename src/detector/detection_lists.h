#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/scratch_file.h"
#include "base/scratch_vector.h"
#include "boxes/detection.h"

namespace octet {

// What was found in the images of a data set. What is more than a few megabytes lies in temporary files that have no names; where no
// such file can be written, it stays in memory. Several threads may read.
class DetectionLists {
 public:
  class Reader;

  DetectionLists() = default;
  explicit DetectionLists(std::size_t images) : lists_(images) {}

  std::size_t images() const { return lists_.size(); }
  std::size_t count(std::size_t image) const { return lists_[image].count; }

  // Throws std::system_error where the file cannot be read any more.
  std::vector<Detection> operator[](std::size_t image) const;
  // In the place of what the image had.
  void set(std::size_t image, const std::vector<Detection>& found);

 private:
  struct List {
    std::uint64_t begin = 0;  // among all detections that were ever set
    std::uint32_t count = 0;
  };

  void spill();

  ScratchVector<List> lists_;
  ScratchFile file_;
  bool can_spill_ = true;
  std::uint64_t in_file_ = 0;      // detections, the first ones
  std::vector<Detection> recent_;  // those behind them
};

// Reads lists that were set about in the order in which they are read, as those of neighbouring images are, or in that of several shares:
// the file is read in blocks, of which the last ones are kept. For one thread; `lists`, which nothing is added to, outlive it.
class DetectionLists::Reader {
 public:
  explicit Reader(const DetectionLists& lists) : lists_(lists), blocks_(kBlocks) {}

  // In the place of what `found` holds. Throws as operator[].
  void read(std::size_t image, std::vector<Detection>& found);

 private:
  static constexpr std::size_t kBlocks = 64, kDetectionsOfBlock = 256;
  struct Block {
    std::uint64_t number = UINT64_MAX;
    std::vector<Detection> detections;
  };

  const Block& block(std::uint64_t number);

  const DetectionLists& lists_;
  std::vector<Block> blocks_;  // by number, of those with the same remainder the last that was read
};

}  // namespace octet
