#include "steps/detection_parts.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

Error unwritable(const fs::path& path, int error) {
  return {ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(error)};
}

// Takes the records of one part into the runs.
Status add_part(const Part& part, const FoundBounds& bounds, std::vector<DetectionRun>& runs) {
  const Share& share = part.setup.share;
  std::vector<bool> seen(runs.size() * bounds.pictures);
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
    run.detections[found.picture] = std::move(found.detections);
  }
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

std::string part_of_runs(const PartSetup& setup, const std::vector<DetectionRun>& runs, std::int64_t resumed_images) {
  PartWriter writer;
  std::string bytes = writer.begin(setup);
  for (std::size_t model = 0; model < runs.size(); ++model)
    for (std::size_t n = 0; n < setup.share.size(runs[model].done.size()); ++n) {
      const std::size_t image = setup.share.item(n);
      bytes += writer.record(encode_found({model, image, runs[model].done[image], runs[model].detections[image]}));
    }
  return bytes + writer.end(runs[0].seconds, static_cast<std::uint64_t>(resumed_images));
}

Result<std::vector<DetectionRun>> runs_of_parts(const std::vector<Part>& parts, const FoundBounds& bounds) {
  std::vector<DetectionRun> runs(bounds.classes.size());
  for (DetectionRun& run : runs) {
    run.detections.resize(bounds.pictures);
    run.done.resize(bounds.pictures);
  }
  for (const Part& part : parts) OCTET_RETURN_IF_ERROR(add_part(part, bounds, runs));
  return runs;
}

Result<std::unique_ptr<DetectionJournal>> DetectionJournal::open(const fs::path& folder, const PartSetup& setup, const FoundBounds& bounds,
                                                                 const Warn& warn) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path path = folder / part_name(setup, kJournalExtension);
  posix::File file;
  constexpr mode_t kMode = 0666;
  if (const int error = posix::open(path, O_RDWR | O_CREAT | O_APPEND, file, kMode); error != 0) return unwritable(path, error);
  if (const int error = posix::lock(file, posix::Wait::kNo); error != 0)
    return Error{ErrorCode::kIo, path.string() + ": " + (error == EWOULDBLOCK ? "another run is at work on it" : std::strerror(error))};
  std::unique_ptr<DetectionJournal> journal(new DetectionJournal(path, std::move(file)));
  OCTET_RETURN_IF_ERROR(journal->load(setup, bounds, warn));
  return journal;
}

Status DetectionJournal::load(const PartSetup& setup, const FoundBounds& bounds, const Warn& warn) {
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path_));
  PartReader reader(mapped.bytes());
  const auto first = reader.next();
  if (!first) {
    if (!mapped.bytes().empty() && !is_beginning_of_part(mapped.bytes()))
      return Error{ErrorCode::kMalformed, path_.string() + ": is no journal of octet"};
    if (const int error = posix::truncate(file_); error != 0) return unwritable(path_, error);
    return append(writer_.begin(setup));
  }
  OCTET_ASSIGN_AT(const PartSetup was, setup_in(*first), path_.string());
  if (const auto difference = difference_of(setup, was))
    return Error{ErrorCode::kMalformed,
                 fmt::format("{}: is of other work than this: it {}; give another folder", path_.string(), *difference)};
  std::set<std::size_t> images;
  while (const auto record = reader.next()) {
    OCTET_ASSIGN_AT(FoundInPicture found, decode_found(*record, bounds), path_.string());
    if (!found.done) continue;
    images.insert(found.picture);
    known_.emplace(std::pair(found.model, found.picture), std::move(found.detections));
  }
  const std::size_t whole = reader.position();
  resumed_images_ = static_cast<std::int64_t>(images.size());
  writer_ = PartWriter(reader.records());
  if (whole == mapped.bytes().size()) return {};
  if (warn)
    warn(fmt::format("{}: its last {} bytes are not whole, and what they held is done again", path_.string(),
                     mapped.bytes().size() - whole));
  std::error_code failed;
  fs::resize_file(path_, whole, failed);
  return failed ? unwritable(path_, failed.value()) : Status();
}

const std::vector<Detection>* DetectionJournal::known(std::size_t detector, std::size_t image) const {
  const auto found = known_.find({detector, image});
  return found == known_.end() ? nullptr : &found->second;
}

Status DetectionJournal::keep(std::size_t detector, std::size_t image, const std::vector<Detection>& found) {
  const std::string content = encode_found({detector, image, true, found});
  const std::lock_guard lock(mutex_);
  return append(writer_.record(content));
}

Status DetectionJournal::append(std::string_view bytes) {
  const int error = posix::write_all(file_, bytes_of(bytes));
  return error == 0 ? Status() : unwritable(path_, error);
}

}  // namespace octet
