#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "parts/part_journal.h"
#include "quant/calibrate.h"
#include "steps/search_store.h"

namespace octet {

// Blocks of so many pictures, and not more than so many: each takes a pass of its own, and room.
inline constexpr std::size_t kPicturesOfCalibration = 8, kMostCalibrations = 32;

// What a quantization found so far, in a journal of records of these kinds, each number behind it as docs/scale.md has it:
//   'B'   a block of the share's pictures: its number, the number of blocks, and their statistics
//   'K'   the digest of what the trials and steps behind it are of
//   'T'   a trial: id of the picture, layer, error
//   'W'   a step of the walk: layers in float, fidelity, drop
class QuantizationJournal : public quant::CalibrationStore, public SearchStore {
 public:
  // Errors and warnings are those of PartJournal::open().
  static Result<std::unique_ptr<QuantizationJournal>> open(const std::filesystem::path& folder, const PartSetup& setup, const Warn& warn);

  // Images in what was known when the journal was opened.
  std::int64_t resumed_images() const { return resumed_images_; }
  // Trials and steps that were known when the search began.
  std::int64_t resumed_trials() const { return resumed_trials_; }

  Result<std::optional<Share>> next(std::size_t images) override;
  const quant::CalibrationStatistics* known(const Share& block) override;
  Status keep(const Share& block, const quant::CalibrationStatistics& statistics) override;

  Status begin(const std::string& digest) override;
  std::size_t trials() const override { return trials_.size(); }
  std::size_t steps() const override { return steps_.size(); }
  std::optional<double> known_trial(std::int64_t picture, std::size_t layer) const override;
  Status keep_trial(std::int64_t picture, std::size_t layer, double error) override;
  std::optional<TradeoffStep> known_step(std::size_t wide_layers) const override;
  Status keep_step(const TradeoffStep& step) override;

 private:
  explicit QuantizationJournal(const Share& share) : share_(share) {}

  Status take(std::span<const std::byte> record);
  Status take_block(std::span<const std::byte> content);
  Status take_trial(ByteReader content);
  Status take_step(ByteReader content);
  void take_digest(std::string digest);
  Status append(const std::string& record);

  Share share_;
  std::size_t next_ = 0, images_ = 0;
  std::optional<PartJournal> journal_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, quant::CalibrationStatistics> blocks_;  // by index and count of the block
  std::string digest_;                                                                      // of what the following are of
  std::map<std::pair<std::int64_t, std::uint64_t>, double> trials_;                         // by picture and layer: what was known
  std::map<std::uint64_t, TradeoffStep> steps_;                                             // by layers in float: the same
  std::int64_t resumed_images_ = 0, resumed_trials_ = 0;
  std::mutex mutex_;  // of the file
};

}  // namespace octet
