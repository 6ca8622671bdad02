#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

namespace octet {

// What a model found, image by image, so that not all of it needs to be in memory at once. For one thread at a time.
class ResultSource {
 public:
  ResultSource() = default;
  ResultSource(const ResultSource&) = delete;
  ResultSource& operator=(const ResultSource&) = delete;
  virtual ~ResultSource() = default;

  // The images in which something may have been found: rising, none twice.
  virtual std::span<const std::int64_t> image_ids() const = 0;
  // Replaces `results` by those of the image at this place.
  virtual void read(std::size_t place, std::vector<CocoResult>& results) const = 0;
};

// Results in memory, which must outlive this; in any order, and those of an image keep theirs.
class ResultList : public ResultSource {
 public:
  explicit ResultList(std::span<const CocoResult> results);

  std::span<const std::int64_t> image_ids() const override { return image_ids_; }
  void read(std::size_t place, std::vector<CocoResult>& results) const override;

 private:
  std::span<const CocoResult> results_;
  std::vector<std::uint32_t> order_;  // of the results by image
  std::vector<std::int64_t> image_ids_;
  std::vector<std::size_t> begin_;  // of each image in `order_`, and the end of the last one
};

// kMalformed where there are results of an image that is not among `listed`, rising.
Status check_images(const ResultSource& source, std::span<const std::int64_t> listed);

}  // namespace octet
