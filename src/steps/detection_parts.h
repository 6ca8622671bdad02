#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "data/class_map.h"
#include "detector/detect_images.h"
#include "parts/found.h"
#include "parts/part.h"
#include "parts/part_journal.h"

// What detectors found in a share of a data set as a part, and back.
namespace octet {

// What a part may say of detectors with these classes and of this data set.
FoundBounds bounds_of(const std::vector<ClassMap>& classes, const Dataset& dataset);

// Hands the bytes of a whole part to `sink`, some pictures at a time.
Status write_part_of_runs(const PartSetup& setup, const std::vector<DetectionRun>& runs, std::int64_t resumed_images,
                          const FileTransaction::Sink& sink);

// The runs of all detectors over all images. `parts` are complete. kMalformed, naming the part, where one holds what it should not, or
// lacks something.
Result<std::vector<DetectionRun>> runs_of_parts(const std::vector<Part>& parts, const FoundBounds& bounds);

// What was found so far, in a journal.
class DetectionJournal : public DetectionStore {
 public:
  // Errors and warnings are those of PartJournal::open().
  static Result<std::unique_ptr<DetectionJournal>> open(const std::filesystem::path& folder, const PartSetup& setup,
                                                        const FoundBounds& bounds, const Warn& warn);

  // Images of which something was known when the journal was opened.
  std::int64_t resumed_images() const { return resumed_images_; }

  std::optional<std::vector<Detection>> known(std::size_t detector, std::size_t image) const override;
  Status keep(std::size_t detector, std::size_t image, const std::vector<Detection>& found) override;

 private:
  DetectionJournal() = default;

  std::optional<PartJournal> journal_;
  struct Known {
    DetectionLists found;
    std::vector<bool> is_known;  // by image
  };
  std::vector<Known> known_;  // by detector
  std::int64_t resumed_images_ = 0;
  std::mutex mutex_;
};

}  // namespace octet
