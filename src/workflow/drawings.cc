#include "workflow/drawings.h"

#include <set>

#include <fmt/format.h>

#include "image/decode.h"
#include "image/draw.h"
#include "image/encode.h"

namespace octet {
namespace {

Image drawn(Image image, const Detector& detector, const std::vector<Detection>& detections, double score_threshold) {
  std::vector<LabelledBox> boxes;
  for (const Detection& found : detections) {
    if (found.score < score_threshold) continue;
    boxes.push_back({found.box_px.x0, found.box_px.y0, found.box_px.x1, found.box_px.y1,
                     fmt::format("{} {:.2f}", label_of(detector.description, found.class_index), found.score),
                     class_colour(found.class_index)});
  }
  draw_boxes(image, boxes);
  return image;
}

// Below the folder: the picture's own name, with .png behind it where it is of a kind that is read but not written.
std::filesystem::path drawing_name(const ImageEntry& image) {
  const std::filesystem::path name = image.name;
  return is_written_name(name) ? name : std::filesystem::path(name.string() + ".png");
}

}  // namespace

Status draw_detections(const std::filesystem::path& folder, const Dataset& dataset, const std::vector<Detector>& detectors,
                       const std::vector<DetectionRun>& runs, double score_threshold, FileTransaction& files) {
  for (std::size_t i = 0; i < dataset.images.size(); ++i) {
    if (!runs[0].done[i]) continue;
    OCTET_ASSIGN(const Image image, read_image(dataset.images[i].path, dataset.decode));
    Image result = drawn(image, detectors[0], runs[0].detections[i], score_threshold);
    if (detectors.size() > 1)
      result = side_by_side(result, detectors[0].path.stem().string(), drawn(image, detectors[1], runs[1].detections[i], score_threshold),
                            detectors[1].path.stem().string());
    const std::filesystem::path path = folder / drawing_name(dataset.images[i]);
    OCTET_ASSIGN(const std::vector<std::byte> file, encode_image(path, result));
    OCTET_RETURN_IF_ERROR(files.add(path, std::span<const std::byte>(file)));
  }
  return {};
}

Status check_drawing_folder(const std::filesystem::path& folder, const Dataset& dataset) {
  std::set<std::filesystem::path> drawn;
  for (const ImageEntry& image : dataset.images) {
    const std::filesystem::path name = drawing_name(image);
    std::error_code ignored;
    if (std::filesystem::equivalent(folder / name, image.path, ignored))
      return Error{ErrorCode::kInvalidArgument, folder.string() + ": holds the pictures themselves; draw into another folder"};
    if (!drawn.insert(name).second)
      return Error{
          ErrorCode::kInvalidArgument,
          fmt::format("{}: two pictures have this name, and one drawing would take the place of the other", (folder / name).string())};
  }
  return {};
}

}  // namespace octet
