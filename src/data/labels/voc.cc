#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/labels/lines.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "data/xml_text.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostListBytes = std::size_t{64} << 20, kMostXmlBytes = std::size_t{4} << 20;
constexpr int kLargestSide = 1 << 20;
constexpr double kGreatestNumber = 1e9;  // of a place in a picture

struct VocObject {
  std::string name;
  BoxLtwh box;
  bool is_difficult = false;
};

struct VocImage {
  std::string file_name;
  int width = 0, height = 0;
  std::vector<VocObject> objects;
};

std::string_view text_in(const pugi::xml_node& node, const char* name) { return without_blanks(node.child_value(name)); }

Result<double> read_number(const pugi::xml_node& node, const char* name) {
  const auto number = parse_number<double>(text_in(node, name));
  if (!number || !std::isfinite(*number)) return Error{ErrorCode::kMalformed, fmt::format("'{}' lacks the number '{}'", node.name(), name)};
  if (std::abs(*number) > kGreatestNumber)
    return Error{ErrorCode::kMalformed,
                 fmt::format("the '{}' of '{}' is {:g}, which is no place in a picture", name, node.name(), *number)};
  return *number;
}

Result<int> read_side(const pugi::xml_node& size, const char* name) {
  OCTET_ASSIGN(const double side, read_number(size, name));
  if (side < 0 || side > kLargestSide)
    return Error{ErrorCode::kMalformed, fmt::format("'{}' is {:g}, expected 0 to {}", name, side, kLargestSide)};
  return static_cast<int>(side);
}

Result<BoxLtwh> read_corners(const pugi::xml_node& corners) {
  OCTET_ASSIGN(const double x0, read_number(corners, "xmin"));
  OCTET_ASSIGN(const double y0, read_number(corners, "ymin"));
  OCTET_ASSIGN(const double x1, read_number(corners, "xmax"));
  OCTET_ASSIGN(const double y1, read_number(corners, "ymax"));
  if (x1 < x0 || y1 < y0) return Error{ErrorCode::kMalformed, "the 'bndbox' ends before it begins"};
  return BoxLtwh{x0 - 1, y0 - 1, x1 - x0 + 1, y1 - y0 + 1};
}

// roLabelImg's: a centre, a size and an angle.
Result<BoxLtwh> read_turned(const pugi::xml_node& box) {
  OCTET_ASSIGN(const double x, read_number(box, "cx"));
  OCTET_ASSIGN(const double y, read_number(box, "cy"));
  OCTET_ASSIGN(const double width, read_number(box, "w"));
  OCTET_ASSIGN(const double height, read_number(box, "h"));
  OCTET_ASSIGN(const double angle, read_number(box, "angle"));
  if (width < 0 || height < 0) return Error{ErrorCode::kMalformed, "the 'robndbox' has a size below 0"};
  return box_around_turned({x - width / 2, y - height / 2, width, height}, angle * 180 / std::numbers::pi, x, y);
}

// Absent, as some tools have it, is 0.
Result<bool> read_flag(const pugi::xml_node& node, const char* name) {
  const std::string_view text = text_in(node, name);
  if (text == "1" || text == "True" || text == "true") return true;
  if (text.empty() || text == "0" || text == "False" || text == "false" || text == "Unspecified") return false;
  return Error{ErrorCode::kMalformed, fmt::format("'{}' is {}, expected 0 or 1", name, in_quotes(text))};
}

Result<VocObject> read_object(const pugi::xml_node& node) {
  VocObject object{std::string(text_in(node, "name")), {}};
  if (object.name.empty()) return Error{ErrorCode::kMalformed, "an 'object' has no 'name'"};
  const pugi::xml_node corners = node.child("bndbox"), turned = node.child("robndbox");
  if (!corners && !turned)
    return Error{ErrorCode::kMalformed, fmt::format("an object of {} has neither 'bndbox' nor 'robndbox'", in_quotes(object.name))};
  OCTET_ASSIGN_AT(object.is_difficult, read_flag(node, "difficult"), "an object of " + in_quotes(object.name));
  OCTET_ASSIGN_AT(object.box, corners ? read_corners(corners) : read_turned(turned), "an object of " + in_quotes(object.name));
  return object;
}

Result<VocImage> parse_image(const std::string& xml) {
  OCTET_ASSIGN(const pugi::xml_document document, parse_xml(xml));
  const pugi::xml_node root = document.document_element();
  VocImage image{std::string(text_in(root, "filename")), 0, 0, {}};
  if (image.file_name.empty()) return Error{ErrorCode::kMalformed, "lacks the element 'filename'"};
  if (const pugi::xml_node size = root.child("size")) {
    OCTET_ASSIGN(image.width, read_side(size, "width"));
    OCTET_ASSIGN(image.height, read_side(size, "height"));
  }
  for (const pugi::xml_node& node : root.children("object")) {
    OCTET_ASSIGN(VocObject object, read_object(node));
    image.objects.push_back(std::move(object));
  }
  return image;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Of a line of a list: all of it, or, as in the lists of a class, what stands before a number.
std::string name_in(const fs::path& annotations, const std::string& line) {
  return is_there(annotations / (line + ".xml")) ? line : line.substr(0, line.find_first_of(" \t"));
}

// Names without extension: those of the list of the part, else of every annotation, in folders below as well.
Result<std::vector<std::string>> names_of(const fs::path& folder, std::string_view part, const Warn& warn) {
  std::vector<std::string> names;
  const fs::path lists = folder / "ImageSets" / "Main", list = lists / (std::string(part) + ".txt"), annotations = folder / "Annotations";
  std::error_code failed;
  if (is_there(list)) {
    OCTET_ASSIGN(const std::vector<std::string> lines, read_lines(list, kMostListBytes));
    std::set<std::string> seen;
    for (const std::string& line : lines)
      if (std::string name = name_in(annotations, line); !name.empty() && seen.insert(name).second) names.push_back(std::move(name));
    return names;
  }
  for (fs::recursive_directory_iterator entry(annotations, failed), end; !failed && entry != end; entry.increment(failed))
    if (entry->path().extension() == ".xml") names.push_back(entry->path().lexically_relative(annotations).replace_extension().string());
  if (failed) return Error{ErrorCode::kNotFound, fmt::format("{}: cannot be listed: {}", annotations.string(), failed.message())};
  if (warn && !fs::is_empty(lists, failed) && !failed)
    warn(fmt::format("{}: has other lists and none of '{}', so that all annotations are taken", lists.string(), part));
  std::ranges::sort(names);
  return names;
}

// Finds the picture of an annotation that names another: some name none, or its place on their author's machine.
class PictureFinder {
 public:
  explicit PictureFinder(fs::path folder) : folder_(std::move(folder)) {}

  // In the folder that the annotation's file, `name` without extension, has below its own; by that name where `file_name` is not there.
  Result<std::string> find(const std::string& file_name, const std::string& name) {
    for (const fs::path& place : {fs::path(name).parent_path() / file_name, fs::path(file_name)})
      if (is_there(folder_ / place)) return place.string();
    if (!is_listed_) OCTET_RETURN_IF_ERROR(list());
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return file_name;
    ++renamed_;
    return found->second;
  }

  std::int64_t renamed() const { return renamed_; }

 private:
  Status list() {
    OCTET_ASSIGN(const FolderListing listing, list_pictures(folder_));
    for (const fs::path& picture : listing.pictures) by_name_.emplace(fs::path(picture).replace_extension().string(), picture.string());
    is_listed_ = true;
    return {};
  }

  fs::path folder_;
  bool is_listed_ = false;
  std::map<std::string, std::string> by_name_;
  std::int64_t renamed_ = 0;
};

// Categories by name, as no file says in which order they are.
void number_categories(const std::vector<VocImage>& images, CocoGroundTruth& truth) {
  std::map<std::string, std::int64_t> objects_of;
  for (const VocImage& image : images)
    for (const VocObject& object : image.objects) ++objects_of[object.name];
  for (const auto& [name, objects] : objects_of)
    truth.categories.push_back({static_cast<std::int64_t>(truth.categories.size()) + 1, name, objects});
}

}  // namespace

bool is_voc(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "Annotations", ignored) && fs::is_directory(folder / "JPEGImages", ignored);
}

Result<LabelledPictures> read_voc(const fs::path& folder, std::string_view part, const Warn& warn) {
  OCTET_ASSIGN(const std::vector<std::string> names, names_of(folder, part, warn));
  std::vector<VocImage> images;
  PictureFinder pictures(folder / "JPEGImages");
  for (const std::string& name : names) {
    OCTET_ASSIGN(const fs::path path, path_inside(folder / "Annotations", name + ".xml"));
    OCTET_ASSIGN(const std::string xml, read_text(path, kMostXmlBytes));
    OCTET_ASSIGN_AT(VocImage image, parse_image(xml), path.string());
    OCTET_ASSIGN(image.file_name, pictures.find(image.file_name, name));
    images.push_back(std::move(image));
  }
  LabelledPictures labelled{folder / "JPEGImages", {}};
  number_categories(images, labelled.truth);
  std::int64_t difficult = 0;
  for (const VocImage& image : images) {
    const auto image_id = static_cast<std::int64_t>(labelled.truth.images.size()) + 1;
    labelled.truth.images.push_back({image_id, image.file_name, image.width, image.height});
    for (const VocObject& object : image.objects) {
      auto& annotations = labelled.truth.annotations;
      const auto category = std::ranges::find(labelled.truth.categories, object.name, &CocoCategory::name);
      annotations.push_back(
          {static_cast<std::int64_t>(annotations.size()) + 1, image_id, category->id, object.box, object.box.area(), object.is_difficult});
      difficult += object.is_difficult;
    }
  }
  if (pictures.renamed() > 0 && warn)
    warn(fmt::format("{}: {} named otherwise in JPEGImages than in the annotations, whose names are taken", folder.string(),
                     counted(pictures.renamed(), "picture", "is", "are")));
  if (difficult > 0 && warn)
    warn(fmt::format("{}: {} difficult and taken for crowds, which count neither way", folder.string(),
                     counted(difficult, "object", "is", "are")));
  return labelled;
}

}  // namespace octet
