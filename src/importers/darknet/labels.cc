#include "importers/darknet/labels.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "formats/darknet/encoding.h"
#include "formats/darknet/names.h"

namespace octet::darknet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxNamesBytes = std::size_t{1} << 20;

Result<std::vector<std::string>> read_labels(const fs::path& names, int classes) {
  OCTET_ASSIGN(const std::string file, read_text(names, kMaxNamesBytes));
  OCTET_ASSIGN_AT(const std::string text, text_of(file), names.string());
  OCTET_ASSIGN_AT(std::vector<std::string> labels, parse_names(text), names.string());
  if (labels.size() != static_cast<std::size_t>(classes))
    return Error{ErrorCode::kMalformed, fmt::format("{}: has {} names for {} classes", names.string(), labels.size(), classes)};
  return labels;
}

// The .names files of a folder, by name.
std::vector<fs::path> names_files_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored))
    if (entry->path().extension() == ".names") found.push_back(entry->path());
  std::ranges::sort(found);
  return found;
}

std::string listed(const std::vector<fs::path>& files) {
  std::string text;
  for (const fs::path& file : files) text += (text.empty() ? "" : ", ") + file.filename().string();
  return text;
}

}  // namespace

std::vector<std::string> find_labels(const fs::path& cfg, int classes, const Warn& warn) {
  const auto tell = [&](const std::string& message) {
    if (warn) warn(message);
  };
  const fs::path folder = cfg.has_parent_path() ? cfg.parent_path() : fs::path(".");
  const std::vector<fs::path> all = names_files_in(folder);
  for (const fs::path& named : {fs::path(cfg).replace_extension(".names").filename(), fs::path("coco.names")}) {
    if (std::ranges::find(all, named, &fs::path::filename) == all.end()) continue;
    auto labels = read_labels(folder / named, classes);
    if (labels.ok()) return std::move(labels).value();
    tell(labels.error().message + "; not used");
  }
  std::vector<fs::path> fitting;
  std::ranges::copy_if(all, std::back_inserter(fitting), [&](const fs::path& file) { return read_labels(file, classes).ok(); });
  if (fitting.size() == 1) {
    if (all.size() > 1)
      tell(
          fmt::format("{}: of {} .names files the only one with {} names; its labels are taken", fitting[0].string(), all.size(), classes));
    return read_labels(fitting[0], classes).value();
  }
  if (fitting.size() > 1)
    tell(fmt::format("{}: {} all have {} names; none is used, rename the right one to {}", folder.string(), listed(fitting), classes,
                     cfg.stem().string() + ".names"));
  else if (all.size() == 1)
    tell(read_labels(all[0], classes).error().message + "; not used");
  else if (all.size() > 1)
    tell(fmt::format("{}: none of {} has {} names; not used", folder.string(), listed(all), classes));
  return {};
}

}  // namespace octet::darknet
