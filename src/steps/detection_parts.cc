#include "steps/detection_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"

namespace octet {
namespace {

constexpr std::size_t kRecordsAtOnce = 16384;

// Takes the records of one part into the runs.
Status add_part(const Part& part, const FoundBounds& bounds, std::vector<DetectionRun>& runs) {
  const Share& share = part.setup.share;
  std::vector<bool> seen(runs.size() * bounds.pictures);
  std::size_t taken = 0;
  for (const auto& record : part.records) {
    OCTET_ASSIGN_AT(FoundInPicture found, decode_found(record, bounds), part.name);
    const std::size_t place = found.model * bounds.pictures + found.picture;
    if (!share.owns(found.picture) || seen[place])
      return Error{ErrorCode::kMalformed, fmt::format("{}: part {} holds picture {} twice, or that of another part", part.name,
                                                      to_string(share), found.picture + 1)};
    seen[place] = true;
    DetectionRun& run = runs[found.model];
    run.done[found.picture] = found.done;
    run.images += found.done ? 1 : 0;
    run.detections.set(found.picture, found.detections);
    if (++taken % kRecordsAtOnce == 0) part.release();
  }
  part.release();
  const auto records = static_cast<std::size_t>(std::ranges::count(seen, true));
  if (records != runs.size() * share.size(bounds.pictures))
    return Error{ErrorCode::kMalformed, fmt::format("{}: part {} holds {} of its {} records", part.name, to_string(share), records,
                                                    runs.size() * share.size(bounds.pictures))};
  runs[0].seconds = std::max(runs[0].seconds, part.seconds);
  return {};
}

}  // namespace

FoundBounds bounds_of(const std::vector<ClassMap>& classes, const Dataset& dataset) {
  FoundBounds bounds{dataset.images.size(), {}};
  for (const ClassMap& map : classes) bounds.classes.push_back(map.category_ids.size());
  return bounds;
}

Status write_part_of_runs(const PartSetup& setup, const std::vector<DetectionRun>& runs, std::int64_t resumed_images,
                          const FileTransaction::Sink& sink) {
  constexpr std::size_t kBytesAtOnce = std::size_t{1} << 18;
  PartWriter writer;
  std::string bytes = writer.begin(setup);
  for (std::size_t model = 0; model < runs.size(); ++model)
    for (std::size_t n = 0; n < setup.share.size(runs[model].done.size()); ++n) {
      const std::size_t image = setup.share.item(n);
      bytes += writer.record(encode_found({model, image, runs[model].done[image], runs[model].detections[image]}));
      if (bytes.size() < kBytesAtOnce) continue;
      OCTET_RETURN_IF_ERROR(sink(bytes_of(bytes)));
      bytes.clear();
    }
  bytes += writer.end(runs[0].seconds, static_cast<std::uint64_t>(resumed_images));
  return sink(bytes_of(bytes));
}

Result<std::vector<DetectionRun>> runs_of_parts(const std::vector<Part>& parts, const FoundBounds& bounds) {
  std::vector<DetectionRun> runs(bounds.classes.size());
  for (DetectionRun& run : runs) {
    run.detections = DetectionLists(bounds.pictures);
    run.done.resize(bounds.pictures);
  }
  for (const Part& part : parts) OCTET_RETURN_IF_ERROR(add_part(part, bounds, runs));
  return runs;
}

Result<std::unique_ptr<DetectionJournal>> DetectionJournal::open(const std::filesystem::path& folder, const PartSetup& setup,
                                                                 const FoundBounds& bounds, const Warn& warn) {
  std::unique_ptr<DetectionJournal> journal(new DetectionJournal);
  for (std::size_t i = 0; i < bounds.classes.size(); ++i)
    journal->known_.push_back({DetectionLists(bounds.pictures), std::vector<bool>(bounds.pictures)});
  const auto take = [&](std::span<const std::byte> record) -> Status {
    OCTET_ASSIGN(FoundInPicture found, decode_found(record, bounds));
    if (!found.done) return {};
    Known& known = journal->known_[found.model];
    known.found.set(found.picture, found.detections);
    known.is_known[found.picture] = true;
    return {};
  };
  OCTET_ASSIGN(journal->journal_, PartJournal::open(folder, setup, take, warn));
  for (std::size_t image = 0; image < bounds.pictures; ++image)
    journal->resumed_images_ += std::ranges::any_of(journal->known_, [image](const Known& known) { return known.is_known[image]; });
  return journal;
}

std::optional<std::vector<Detection>> DetectionJournal::known(std::size_t detector, std::size_t image) const {
  const Known& known = known_[detector];
  if (!known.is_known[image]) return std::nullopt;
  return known.found[image];
}

Status DetectionJournal::keep(std::size_t detector, std::size_t image, const std::vector<Detection>& found) {
  const std::string content = encode_found({detector, image, true, found});
  const std::lock_guard lock(mutex_);
  return journal_->append(content);
}

}  // namespace octet
