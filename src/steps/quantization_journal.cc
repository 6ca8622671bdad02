#include "steps/quantization_journal.h"

#include <algorithm>
#include <cmath>

namespace octet {
namespace {

constexpr char kBlockRecord = 'B', kDigestRecord = 'K', kTrialRecord = 'T', kStepRecord = 'W';

Error malformed(const char* why) { return {ErrorCode::kMalformed, why}; }

// A record of two numbers and what follows them.
ByteWriter record_of(char kind, std::size_t first, std::size_t second) {
  ByteWriter content;
  content.add(kind);
  content.add(static_cast<std::uint64_t>(first));
  content.add(static_cast<std::uint64_t>(second));
  return content;
}

}  // namespace

Result<std::unique_ptr<QuantizationJournal>> QuantizationJournal::open(const std::filesystem::path& folder, const PartSetup& setup,
                                                                       const Warn& warn) {
  std::unique_ptr<QuantizationJournal> journal(new QuantizationJournal(setup.share));
  const auto take = [&](std::span<const std::byte> record) { return journal->take(record); };
  OCTET_ASSIGN(journal->journal_, PartJournal::open(folder, setup, take, warn));
  for (const auto& [block, statistics] : journal->blocks_) journal->resumed_images_ += quant::images_of(statistics);
  return journal;
}

Status QuantizationJournal::take(std::span<const std::byte> record) {
  const char kind = record.empty() ? '\0' : static_cast<char>(record[0]);
  if (kind == kBlockRecord) return take_block(record.subspan(1));
  if (kind == kDigestRecord) {
    const auto digest = record.subspan(1);
    take_digest({reinterpret_cast<const char*>(digest.data()), digest.size()});
    return {};
  }
  if (kind == kTrialRecord) return take_trial(ByteReader(record.subspan(1)));
  if (kind == kStepRecord) return take_step(ByteReader(record.subspan(1)));
  return malformed("holds another record than those of a quantization");
}

Status QuantizationJournal::take_trial(ByteReader content) {
  const auto picture = content.get<std::int64_t>();
  const auto layer = content.get<std::uint64_t>();
  const auto error = content.get<double>();
  if (!content.at_end() || !std::isfinite(error)) return malformed("holds a trial that is none");
  trials_[{picture, layer}] = error;
  return {};
}

Status QuantizationJournal::take_step(ByteReader content) {
  TradeoffStep step;
  step.wide_layers = content.get<std::uint64_t>();
  step.fidelity = content.get<double>();
  const bool has_drop = content.get<std::uint8_t>() != 0;
  const auto drop = content.get<double>();
  if (has_drop) step.drop = drop;
  if (!content.at_end() || !std::isfinite(step.fidelity) || !std::isfinite(drop)) return malformed("holds a step that is none");
  steps_[step.wide_layers] = step;
  return {};
}

Status QuantizationJournal::take_block(std::span<const std::byte> content) {
  constexpr std::size_t kHead = 2 * sizeof(std::uint64_t);
  if (content.size() < kHead) return malformed("holds a block of a calibration that is none");
  ByteReader head(content);
  const auto index = head.get<std::uint64_t>();
  const std::pair block(index, head.get<std::uint64_t>());
  OCTET_ASSIGN(blocks_[block], quant::decode_statistics(content.subspan(kHead)));
  return {};
}

void QuantizationJournal::take_digest(std::string digest) {
  digest_ = std::move(digest);
  trials_.clear();
  steps_.clear();
}

Status QuantizationJournal::append(const std::string& record) {
  const std::lock_guard lock(mutex_);
  return journal_->append(record);
}

Result<std::optional<Share>> QuantizationJournal::next(std::size_t images) {
  images_ = images;
  const std::size_t blocks = std::clamp<std::size_t>(share_.size(images) / kPicturesOfCalibration, 1, kMostCalibrations);
  return next_ < blocks ? std::optional<Share>(share_.part(next_++, blocks)) : std::nullopt;
}

const quant::CalibrationStatistics* QuantizationJournal::known(const Share& block) {
  const auto found = blocks_.find({block.index, block.count});
  const bool is_whole = found != blocks_.end() && quant::images_of(found->second) == static_cast<std::int64_t>(block.size(images_));
  return is_whole ? &found->second : nullptr;
}

Status QuantizationJournal::keep(const Share& block, const quant::CalibrationStatistics& statistics) {
  return append(record_of(kBlockRecord, block.index, block.count).take() + quant::encode_statistics(statistics));
}

Status QuantizationJournal::begin(const std::string& digest) {
  if (digest != digest_) {
    take_digest(digest);
    OCTET_RETURN_IF_ERROR(append(kDigestRecord + digest));
  }
  resumed_trials_ = std::ssize(trials_) + std::ssize(steps_);
  return {};
}

std::optional<double> QuantizationJournal::known_trial(std::int64_t picture, std::size_t layer) const {
  const auto found = trials_.find({picture, layer});
  return found == trials_.end() ? std::nullopt : std::optional(found->second);
}

Status QuantizationJournal::keep_trial(std::int64_t picture, std::size_t layer, double error) {
  ByteWriter record = record_of(kTrialRecord, static_cast<std::uint64_t>(picture), layer);
  record.add(error);
  return append(record.take());
}

std::optional<TradeoffStep> QuantizationJournal::known_step(std::size_t wide_layers) const {
  const auto found = steps_.find(wide_layers);
  return found == steps_.end() ? std::nullopt : std::optional(found->second);
}

Status QuantizationJournal::keep_step(const TradeoffStep& step) {
  ByteWriter record;
  record.add(kStepRecord);
  record.add(static_cast<std::uint64_t>(step.wide_layers));
  record.add(step.fidelity);
  record.add(static_cast<std::uint8_t>(step.drop.has_value()));
  record.add(step.drop.value_or(0));
  return append(record.take());
}

}  // namespace octet
