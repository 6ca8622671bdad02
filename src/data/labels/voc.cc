#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/files.h"
#include "base/parse_number.h"
#include "data/labels/label_format.h"
#include "data/words.h"

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

Result<double> read_number(const pugi::xml_node& node, const char* name) {
  const auto number = parse_number<double>(node.child_value(name));
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

Result<VocObject> read_object(const pugi::xml_node& node) {
  VocObject object{node.child_value("name"), {}, std::string_view(node.child_value("difficult")) == "1"};
  if (object.name.empty()) return Error{ErrorCode::kMalformed, "an 'object' has no 'name'"};
  const pugi::xml_node corners = node.child("bndbox");
  OCTET_ASSIGN(const double x0, read_number(corners, "xmin"));
  OCTET_ASSIGN(const double y0, read_number(corners, "ymin"));
  OCTET_ASSIGN(const double x1, read_number(corners, "xmax"));
  OCTET_ASSIGN(const double y1, read_number(corners, "ymax"));
  if (x1 < x0 || y1 < y0) return Error{ErrorCode::kMalformed, fmt::format("the 'bndbox' of a {} ends before it begins", object.name)};
  object.box = {x0 - 1, y0 - 1, x1 - x0 + 1, y1 - y0 + 1};
  return object;
}

Result<VocImage> parse_image(const std::string& xml) {
  pugi::xml_document document;
  if (const auto parsed = document.load_buffer(xml.data(), xml.size()); !parsed)
    return Error{ErrorCode::kMalformed, fmt::format("byte {}: {}", parsed.offset, parsed.description())};
  const pugi::xml_node root = document.document_element();
  VocImage image{root.child_value("filename"), 0, 0, {}};
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

// Names without extension: those of the list of the part, else of every annotation.
Result<std::vector<std::string>> names_of(const fs::path& folder, std::string_view part) {
  std::vector<std::string> names;
  const fs::path list = folder / "ImageSets" / "Main" / (std::string(part) + ".txt");
  std::error_code failed;
  if (fs::exists(list, failed)) {
    OCTET_ASSIGN(const std::string text, read_text(list, kMostListBytes));
    std::istringstream words(text);
    for (std::string name; words >> name;) names.push_back(name);
    return names;
  }
  for (const auto& entry : fs::directory_iterator(folder / "Annotations", failed))
    if (entry.path().extension() == ".xml") names.push_back(entry.path().stem().string());
  if (failed)
    return Error{ErrorCode::kNotFound, fmt::format("{}: cannot be listed: {}", (folder / "Annotations").string(), failed.message())};
  std::ranges::sort(names);
  return names;
}

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
  OCTET_ASSIGN(const std::vector<std::string> names, names_of(folder, part));
  std::vector<VocImage> images;
  for (const std::string& name : names) {
    OCTET_ASSIGN(const fs::path path, path_inside(folder / "Annotations", name + ".xml"));
    OCTET_ASSIGN(const std::string xml, read_text(path, kMostXmlBytes));
    OCTET_ASSIGN_AT(VocImage image, parse_image(xml), path.string());
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
  if (difficult > 0 && warn)
    warn(fmt::format("{}: {} difficult become crowds, which count neither way", folder.string(),
                     counted(difficult, "object") + (difficult == 1 ? " is" : " are")));
  return labelled;
}

}  // namespace octet
