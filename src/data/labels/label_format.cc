#include "data/labels/label_format.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace octet {
namespace {

constexpr std::array kFormats = {
    LabelFormat{"yolo", "data.yaml, images/ and labels/; or obj.data", is_yolo, read_yolo},
    LabelFormat{"voc", "Annotations/ and JPEGImages/", is_voc, read_voc},
    LabelFormat{"openimages", "validation-annotations-bbox.csv, class-descriptions.csv and validation/", is_openimages, read_openimages},
    LabelFormat{"cvat", "annotations.xml", is_cvat, read_cvat},
    LabelFormat{"label-studio", "one .json of tasks", is_label_studio, read_label_studio}};

std::string known_formats() {
  std::string text;
  for (const LabelFormat& format : kFormats) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", format.name, format.description);
  return text;
}

}  // namespace

std::span<const LabelFormat> label_formats() { return kFormats; }

Result<const LabelFormat*> find_label_format(const std::filesystem::path& folder, std::string_view name) {
  const auto found = name.empty() ? std::ranges::find_if(kFormats, [&](const LabelFormat& format) { return format.is_in(folder); })
                                  : std::ranges::find(kFormats, name, &LabelFormat::name);
  if (found != kFormats.end()) return &*found;
  if (name.empty())
    return Error{ErrorCode::kNotFound,
                 fmt::format("{}: no annotations in a known form: {}; COCO's are taken as they are", folder.string(), known_formats())};
  return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' is no form of annotations; known: {}", name, known_formats())};
}

}  // namespace octet
