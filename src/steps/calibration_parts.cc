#include "steps/calibration_parts.h"

#include <algorithm>

#include "base/bytes.h"

namespace octet {
namespace {

constexpr char kShareRecord = 'Q', kBlockRecord = 'B';

bool has_kind(std::span<const std::byte> record, char kind) { return !record.empty() && record[0] == static_cast<std::byte>(kind); }

Result<quant::CalibrationStatistics> statistics_of(const Part& part) {
  if (part.records.size() != 1 || !has_kind(part.records[0], kShareRecord))
    return Error{ErrorCode::kMalformed, part.name + ": is no part of a calibration"};
  OCTET_ASSIGN_AT(auto statistics, quant::decode_statistics(part.records[0].subspan(1)), part.name);
  return statistics;
}

}  // namespace

std::string part_of_statistics(const PartSetup& setup, const quant::CalibrationStatistics& statistics, double seconds,
                               std::int64_t resumed_images) {
  PartWriter writer;
  std::string bytes = writer.begin(setup);
  bytes += writer.record(kShareRecord + quant::encode_statistics(statistics));
  return bytes + writer.end(seconds, static_cast<std::uint64_t>(resumed_images));
}

Result<quant::CalibrationStatistics> statistics_of_parts(const std::vector<Part>& parts) {
  OCTET_ASSIGN(quant::CalibrationStatistics sum, statistics_of(parts.front()));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    OCTET_ASSIGN(const quant::CalibrationStatistics others, statistics_of(parts[i]));
    if (const Status added = quant::add_statistics(others, sum); !added.ok())
      return added.error().at("part " + to_string(parts[i].setup.share) + " (" + parts[i].name + ")");
  }
  return sum;
}

Result<std::unique_ptr<CalibrationJournal>> CalibrationJournal::open(const std::filesystem::path& folder, const PartSetup& setup,
                                                                     const Warn& warn) {
  std::unique_ptr<CalibrationJournal> journal(new CalibrationJournal(setup.share));
  const auto take = [&](std::span<const std::byte> record) -> Status {
    constexpr std::size_t kHead = 1 + 2 * sizeof(std::uint64_t);
    if (!has_kind(record, kBlockRecord) || record.size() < kHead)
      return Error{ErrorCode::kMalformed, "holds another record than a block of a calibration"};
    ByteReader head(record.subspan(1));
    const auto index = head.get<std::uint64_t>();
    const std::pair block(index, head.get<std::uint64_t>());
    OCTET_ASSIGN(journal->known_[block], quant::decode_statistics(record.subspan(kHead)));
    return {};
  };
  OCTET_ASSIGN(journal->journal_, PartJournal::open(folder, setup, take, warn));
  for (const auto& [block, statistics] : journal->known_) journal->resumed_images_ += quant::images_of(statistics);
  return journal;
}

Result<std::optional<Share>> CalibrationJournal::next(std::size_t images) {
  images_ = images;
  const std::size_t blocks = std::clamp<std::size_t>(share_.size(images) / kPicturesOfCalibration, 1, kMostCalibrations);
  return next_ < blocks ? std::optional<Share>(share_.part(next_++, blocks)) : std::nullopt;
}

const quant::CalibrationStatistics* CalibrationJournal::known(const Share& block) {
  const auto found = known_.find({block.index, block.count});
  const bool is_whole = found != known_.end() && quant::images_of(found->second) == static_cast<std::int64_t>(block.size(images_));
  return is_whole ? &found->second : nullptr;
}

Status CalibrationJournal::keep(const Share& block, const quant::CalibrationStatistics& statistics) {
  ByteWriter content;
  content.add(kBlockRecord);
  content.add(static_cast<std::uint64_t>(block.index));
  content.add(static_cast<std::uint64_t>(block.count));
  return journal_->append(content.take() + quant::encode_statistics(statistics));
}

}  // namespace octet
