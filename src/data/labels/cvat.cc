#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/words.h"
#include "data/xml_text.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostXmlBytes = std::size_t{1} << 30;
constexpr int kLargestSide = 1 << 20;
constexpr double kFarthest = 1e9;  // of anything, in pixels, so that areas are finite

std::optional<double> read_coordinate(std::string_view text) {
  const auto number = parse_number<double>(text);
  return number && std::abs(*number) <= kFarthest ? number : std::nullopt;
}

Result<double> read_number(const pugi::xml_node& node, const char* name) {
  const auto number = read_coordinate(node.attribute(name).value());
  if (!number) return Error{ErrorCode::kMalformed, fmt::format("a '{}' lacks the number '{}'", node.name(), name)};
  return *number;
}

Result<int> read_side(const pugi::xml_node& image, const char* name) {
  OCTET_ASSIGN(const double side, read_number(image, name));
  if (side < 1 || side > kLargestSide)
    return Error{ErrorCode::kMalformed, fmt::format("'{}' is {:g}, expected 1 to {}", name, side, kLargestSide)};
  return static_cast<int>(side);
}

// Turned about its centre where it is.
Result<BoxLtwh> read_box(const pugi::xml_node& node) {
  OCTET_ASSIGN(const double x0, read_number(node, "xtl"));
  OCTET_ASSIGN(const double y0, read_number(node, "ytl"));
  OCTET_ASSIGN(const double x1, read_number(node, "xbr"));
  OCTET_ASSIGN(const double y1, read_number(node, "ybr"));
  if (x1 < x0 || y1 < y0) return Error{ErrorCode::kMalformed, "a 'box' ends before it begins"};
  double degrees = 0;
  if (node.attribute("rotation")) {
    OCTET_ASSIGN(degrees, read_number(node, "rotation"));
  }
  return box_around_turned({x0, y0, x1 - x0, y1 - y0}, degrees, (x0 + x1) / 2, (y0 + y1) / 2);
}

// "x,y;x,y;x,y".
Result<BoxLtwh> read_polygon(const pugi::xml_node& node) {
  std::vector<double> corners;
  std::string_view points = node.attribute("points").value();
  while (!points.empty()) {
    const std::size_t end = std::min(points.find_first_of(",;"), points.size());
    const auto number = read_coordinate(points.substr(0, end));
    if (!number) return Error{ErrorCode::kMalformed, fmt::format("a 'polygon' has the point {}", in_quotes(points.substr(0, end)))};
    corners.push_back(*number);
    points.remove_prefix(std::min(end + 1, points.size()));
  }
  if (corners.empty() || corners.size() % 2 != 0) return Error{ErrorCode::kMalformed, "a 'polygon' has no points x,y;x,y"};
  return box_around(corners);
}

class CvatReader {
 public:
  explicit CvatReader(LabelledPictures& labelled) : truth_(labelled.truth) {}

  Status read(const pugi::xml_node& root, std::string_view part, const Warn& warn) {
    if (root.child("track")) return Error{ErrorCode::kUnsupported, "is CVAT's form for videos; export it as CVAT for images"};
    read_categories(root.child("meta"));
    const bool by_part = std::ranges::any_of(root.children("image"), [&](const auto& image) { return is_of(image, part); });
    std::int64_t others = 0;
    for (const pugi::xml_node& image : root.children("image")) {
      others += has_subset(image) && !is_of(image, part);
      if (by_part && !is_of(image, part)) continue;
      OCTET_RETURN_IF_ERROR(read_image(image));
    }
    if (warn && others > 0)
      warn(fmt::format("{} {} of other subsets than '{}'", by_part ? "leaves out" : "has no subset of that name and takes",
                       counted(others, "picture"), part));
    if (warn && left_out_ > 0) warn(fmt::format("leaves out {}: boxes and polygons are read", counted(left_out_, "shape")));
    return {};
  }

 private:
  // Of one that a person named.
  static bool has_subset(const pugi::xml_node& image) {
    const std::string_view subset = image.attribute("subset").value();
    return !subset.empty() && subset != "default";
  }

  // "val", "Val" or "Validation".
  static bool is_of(const pugi::xml_node& image, std::string_view part) {
    std::string subset = image.attribute("subset").value();
    std::ranges::transform(subset, subset.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return subset == part || (part == "val" && subset == "validation");
  }

  // Of a task, a project or a job, in its order.
  void read_categories(const pugi::xml_node& meta) {
    for (const pugi::xml_node& kind : meta.children())
      for (const pugi::xml_node& label : kind.child("labels").children("label")) category_of(label.child_value("name"));
  }

  CocoCategory& category_of(const std::string& name) {
    const auto found = std::ranges::find(truth_.categories, name, &CocoCategory::name);
    if (found != truth_.categories.end()) return *found;
    truth_.categories.push_back({static_cast<std::int64_t>(truth_.categories.size()) + 1, name});
    return truth_.categories.back();
  }

  Status read_image(const pugi::xml_node& node) {
    CocoImage image{static_cast<std::int64_t>(truth_.images.size()) + 1, node.attribute("name").value()};
    if (image.file_name.empty()) return Error{ErrorCode::kMalformed, "an 'image' has no 'name'"};
    const auto in_image = [&](const Error& error) { return error.at("image " + in_quotes(image.file_name)); };
    const auto width = read_side(node, "width"), height = read_side(node, "height");
    if (!width.ok()) return in_image(width.error());
    if (!height.ok()) return in_image(height.error());
    image.width = *width;
    image.height = *height;
    truth_.images.push_back(image);
    for (const pugi::xml_node& shape : node.children())
      if (const Status status = read_shape(shape); !status.ok()) return in_image(status.error());
    return {};
  }

  Status read_shape(const pugi::xml_node& node) {
    const std::string_view kind = node.name();
    if (kind != "box" && kind != "polygon") {
      left_out_ += kind != "tag";  // of the whole picture
      return {};
    }
    const std::string label = node.attribute("label").value();
    if (label.empty()) return Error{ErrorCode::kMalformed, fmt::format("a '{}' has no 'label'", kind)};
    OCTET_ASSIGN(const BoxLtwh box, kind == "box" ? read_box(node) : read_polygon(node));
    CocoCategory& category = category_of(label);
    ++category.annotations;
    truth_.annotations.push_back(
        {static_cast<std::int64_t>(truth_.annotations.size()) + 1, truth_.images.back().id, category.id, box, box.area(), false});
    return {};
  }

  CocoGroundTruth& truth_;
  std::int64_t left_out_ = 0;
};

}  // namespace

bool is_cvat(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "annotations.xml", ignored);
}

Result<LabelledPictures> read_cvat(const fs::path& folder, std::string_view part, const Warn& warn) {
  const fs::path file = folder / "annotations.xml";
  OCTET_ASSIGN(const std::string xml, read_text(file, kMostXmlBytes));
  OCTET_ASSIGN_AT(const pugi::xml_document document, parse_xml(xml), file.string());
  if (std::string_view(document.document_element().name()) != "annotations")
    return Error{ErrorCode::kMalformed, file.string() + ": has no element 'annotations'; export it as CVAT for images"};
  std::error_code ignored;
  LabelledPictures labelled{fs::is_directory(folder / "images", ignored) ? folder / "images" : folder, {}};
  const Warn warn_of_file = warn ? Warn([&](std::string_view text) { warn(fmt::format("{}: {}", file.string(), text)); }) : Warn();
  if (const Status status = CvatReader(labelled).read(document.document_element(), part, warn_of_file); !status.ok())
    return status.error().at(file.string());
  return labelled;
}

}  // namespace octet
