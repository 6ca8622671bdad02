#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "parts/part_journal.h"
#include "quant/calibrate.h"

// What a share of a calibration found as a part, and back.
namespace octet {

// The bytes of a whole part, in which the statistics of the share are the one record, of kind 'Q'.
std::string part_of_statistics(const PartSetup& setup, const quant::CalibrationStatistics& statistics, double seconds,
                               std::int64_t resumed_images);

// The sum of all parts, which are complete. kMalformed, naming the part, for one of something else.
Result<quant::CalibrationStatistics> statistics_of_parts(const std::vector<Part>& parts);

// Blocks of so many pictures, and not more than so many: each takes a pass of its own, and room.
inline constexpr std::size_t kPicturesOfCalibration = 8, kMostCalibrations = 32;

// The statistics of blocks of a share, in a journal: records of kind 'B', u64 number of the block, u64 number of blocks, and statistics.
class CalibrationJournal : public quant::CalibrationStore {
 public:
  // Errors and warnings are those of PartJournal::open().
  static Result<std::unique_ptr<CalibrationJournal>> open(const std::filesystem::path& folder, const PartSetup& setup, const Warn& warn);

  // Images in what was known when the journal was opened.
  std::int64_t resumed_images() const { return resumed_images_; }

  Result<std::optional<Share>> next(std::size_t images) override;
  const quant::CalibrationStatistics* known(const Share& block) override;
  Status keep(const Share& block, const quant::CalibrationStatistics& statistics) override;

 private:
  explicit CalibrationJournal(const Share& share) : share_(share) {}

  Share share_;
  std::size_t next_ = 0, images_ = 0;
  std::optional<PartJournal> journal_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, quant::CalibrationStatistics> known_;  // by index and count of the block
  std::int64_t resumed_images_ = 0;
};

}  // namespace octet
