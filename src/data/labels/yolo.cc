#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/labels/lines.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/decode.h"
#include "image/exif.h"
#include "model/yaml.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20, kMostListBytes = std::size_t{256} << 20;
constexpr double kGreatestClass = 1e6, kGreatestFraction = 2;  // what lies beyond its picture by more is in pixels

// The pictures of a part and the classes.
struct YoloSet {
  fs::path folder;                 // that the pictures are relative to
  std::vector<fs::path> pictures;  // sorted
  std::vector<std::string> names;  // by class index
  std::size_t keypoints = 0;       // numbers of them behind each box
};

// A list, or a map from the indices 0, 1, 2 ... to names.
Result<std::vector<std::string>> names_of(const YAML::Node& node) {
  if (!node.IsSequence() && !node.IsMap()) return yaml_error(node, "'names' is no list of names");
  std::vector<std::string> names(node.size());
  std::size_t next = 0;
  for (const auto& entry : node) {
    const YAML::Node& name = node.IsMap() ? entry.second : entry;
    const auto index = node.IsMap() ? parse_number<std::size_t>(entry.first.Scalar()) : std::optional(next++);
    if (!index || *index >= names.size() || !names[*index].empty() || !name.IsScalar() || name.Scalar().empty())
      return yaml_error(name, "'names' does not give each of the numbers from 0 on one name");
    names[*index] = name.Scalar();
  }
  return names;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<std::vector<std::string>> read_list(const fs::path& file) {
  OCTET_ASSIGN(std::vector<std::string> lines, read_lines(file, kMostListBytes));
  std::erase(lines, "");
  return lines;
}

// Places are relative to `folder`, or to the folder "data" in it, which some exports name and do not have.
Result<fs::path> place_in(const fs::path& folder, const std::string& name) {
  OCTET_ASSIGN(fs::path path, path_inside(folder, name));
  constexpr std::string_view kPrefix = "data/";
  if (is_there(path) || !name.starts_with(kPrefix)) return path;
  return path_inside(folder, name.substr(kPrefix.size()));
}

// Each picture once.
void sort_pictures(YoloSet& set) {
  std::ranges::sort(set.pictures);
  set.pictures.erase(std::unique(set.pictures.begin(), set.pictures.end()), set.pictures.end());
}

Status list_by_file(const fs::path& file, YoloSet& set) {
  OCTET_ASSIGN(const std::vector<std::string> lines, read_list(file));
  for (const std::string& line : lines) {
    OCTET_ASSIGN_AT(const fs::path path, place_in(set.folder, line), file.string());
    set.pictures.push_back(path.lexically_normal().lexically_relative(set.folder));
  }
  return {};
}

Status list_by_folder(const fs::path& folder, YoloSet& set) {
  OCTET_ASSIGN(const FolderListing listing, list_pictures(folder));
  const fs::path below = folder.lexically_relative(set.folder);
  if (below.empty() || *below.begin() == "..")
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{}: does not lie in {}, as one of several folders of pictures has to", folder.string(), set.folder.string())};
  for (const fs::path& picture : listing.pictures) set.pictures.push_back((below / picture).lexically_normal());
  return {};
}

// Names are relative to the one folder, or to what several places are relative to, in which they have to lie, as a data set is one folder.
Status list_by_places(const fs::path& base, const std::vector<fs::path>& places, YoloSet& set) {
  const auto is_list = [](const fs::path& place) { return place.extension() == ".txt"; };
  set.folder = places.size() == 1 && !is_list(places[0]) ? places[0] : (base / "").lexically_normal();
  for (const fs::path& place : places) OCTET_RETURN_IF_ERROR(is_list(place) ? list_by_file(place, set) : list_by_folder(place, set));
  sort_pictures(set);
  return {};
}

// Folders of pictures, or a list of them. Published files name a place on their author's machine and lie beside what they name, or they
// name it from a folder within ("../valid/images").
fs::path place_of_part(const fs::path& base, const std::string& name) {
  constexpr std::string_view kAbove = "../";
  if (!is_there(base / name) && name.starts_with(kAbove)) return (base / name.substr(kAbove.size())).lexically_normal();
  return (base / name).lexically_normal();
}

// How many numbers [points, numbers of each] are.
Result<std::size_t> keypoints_of(const YAML::Node& shape) {
  constexpr std::size_t kMostPoints = 10'000;
  if (!shape) return 0;
  const auto number = [&](std::size_t i) { return parse_number<std::size_t>(shape[i].IsScalar() ? shape[i].Scalar() : ""); };
  if (!shape.IsSequence() || shape.size() != 2 || number(0).value_or(kMostPoints) >= kMostPoints || number(1).value_or(0) < 2 ||
      *number(1) > 3)
    return yaml_error(shape, "'kpt_shape' is no [points, 2 or 3]");
  return *number(0) * *number(1);
}

// One or several places.
Result<std::vector<std::string>> places_of(const YAML::Node& root, std::string_view part) {
  const YAML::Node places = root[std::string(part)];
  std::vector<std::string> names;
  if (places && places.IsScalar()) names.push_back(places.Scalar());
  for (std::size_t i = 0; places && places.IsSequence() && i < places.size(); ++i)
    if (places[i].IsScalar()) names.push_back(places[i].Scalar());
  if (names.empty()) return Error{ErrorCode::kUnsupported, fmt::format("'{}' names neither a folder of pictures nor a list of them", part)};
  return names;
}

// The first of its usual names; empty where there is none.
fs::path data_yaml_in(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : {"data.yaml", "data.yml", "dataset.yaml", "dataset.yml"})
    if (fs::is_regular_file(folder / name, ignored)) return folder / name;
  return {};
}

// As Ultralytics has it: relative to 'path', which is relative to the file; folders of pictures and lists of them.
Result<YoloSet> read_data_yaml(const fs::path& file, std::string_view part) {
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(file));
  if (!root.IsMap() || !root["names"]) return Error{ErrorCode::kMalformed, file.string() + ": lacks 'names', the list of classes"};
  YoloSet set;
  OCTET_ASSIGN_AT(set.names, names_of(root["names"]), file.string());
  OCTET_ASSIGN_AT(set.keypoints, keypoints_of(root["kpt_shape"]), file.string());
  OCTET_ASSIGN_AT(const std::vector<std::string> names, places_of(root, part), file.string());
  const YAML::Node path = root["path"];
  const fs::path folder = file.parent_path(), above = folder / (path && path.IsScalar() ? path.Scalar() : "");
  const fs::path base = is_there(above / names[0]) ? above : folder;
  std::vector<fs::path> places;
  for (const std::string& name : names) places.push_back(place_of_part(base, name));
  OCTET_RETURN_IF_ERROR(list_by_places(base, places, set));
  return set;
}

// As Darknet has it, "key = value": a list of classes, and lists of the pictures of the parts.
Result<YoloSet> read_obj_data(const fs::path& folder, std::string_view part) {
  const fs::path file = folder / "obj.data";
  OCTET_ASSIGN(const std::vector<std::string> lines, read_list(file));
  const auto place_of = [&](std::string_view key) -> Result<fs::path> {
    for (const std::string_view line : lines) {
      const std::size_t equals = std::min(line.find('='), line.size());
      if (without_blanks(line.substr(0, equals)) != key || equals == line.size()) continue;
      return place_in(folder, std::string(without_blanks(line.substr(equals + 1))));
    }
    return Error{ErrorCode::kNotFound, fmt::format("{}: lacks '{} = FILE'", file.string(), key)};
  };
  YoloSet set;
  set.folder = folder;
  OCTET_ASSIGN(const fs::path names, place_of("names"));
  OCTET_ASSIGN(set.names, read_list(names));
  OCTET_ASSIGN(const fs::path list, place_of(part == "val" ? "valid" : part));
  OCTET_RETURN_IF_ERROR(list_by_file(list, set));
  sort_pictures(set);
  return set;
}

// The last folder "images" becomes "labels".
fs::path label_file_of(const fs::path& picture) {
  std::vector<fs::path> steps(picture.begin(), picture.end());
  const auto last = std::find(steps.rbegin(), steps.rend(), fs::path("images"));
  if (last != steps.rend()) *last = "labels";
  fs::path file;
  for (const fs::path& step : steps) file /= step;
  return file.replace_extension(".txt");
}

struct LabelLine {
  std::size_t class_index = 0;
  BoxLtwh box;  // fractions of the picture
};

Result<std::vector<double>> read_numbers(const std::string& line) {
  std::istringstream words(line);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    const auto number = parse_number<double>(word);
    if (!number || !std::isfinite(*number)) return Error{ErrorCode::kMalformed, in_quotes(word) + " is no number"};
    if (std::abs(*number) > (numbers.empty() ? kGreatestClass : kGreatestFraction))
      return Error{ErrorCode::kMalformed, in_quotes(word) + (numbers.empty() ? " is no class" : " is no fraction of a picture")};
    numbers.push_back(*number);
  }
  return numbers;
}

// A class and the centre and size of a box, with keypoints behind it where the set has some; or a class and a polygon.
Result<LabelLine> parse_line(const std::string& line, const YoloSet& set) {
  OCTET_ASSIGN(const std::vector<double> numbers, read_numbers(line));
  if (set.keypoints > 0 ? numbers.size() != 5 + set.keypoints : numbers.size() < 5 || numbers.size() % 2 == 0)
    return Error{ErrorCode::kMalformed,
                 fmt::format("has {} numbers, expected a class and centre and size{}", numbers.size(),
                             set.keypoints > 0 ? fmt::format(" and {} of keypoints", set.keypoints) : ", or a class and a polygon")};
  if (numbers[0] < 0 || numbers[0] != std::floor(numbers[0]) || numbers[0] >= static_cast<double>(set.names.size()))
    return Error{ErrorCode::kMalformed, fmt::format("has the class {:g}, and 'names' has {}", numbers[0], set.names.size())};
  LabelLine label{static_cast<std::size_t>(numbers[0]), {}};
  const std::span<const double> place = std::span(numbers).subspan(1);
  if (place.size() > 4 && set.keypoints == 0)
    label.box = box_around(place);
  else if (place[2] < 0 || place[3] < 0)
    return Error{ErrorCode::kMalformed, fmt::format("has the size {:g} x {:g}, expected none below 0", place[2], place[3])};
  else
    label.box = {place[0] - place[2] / 2, place[1] - place[3] / 2, place[2], place[3]};
  return label;
}

// Adds the objects of the picture that was added last, each line once, as Ultralytics does. Gives how many lines are there again.
Result<std::int64_t> read_labels(const fs::path& file, const YoloSet& set, LabelledPictures& labelled) {
  OCTET_ASSIGN(const std::vector<std::string> lines, read_lines(file, kMostLabelBytes));
  std::set<std::string_view> seen;
  const CocoImage image = labelled.truth.images.back();
  std::int64_t repeated = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    OCTET_ASSIGN_AT(const LabelLine label, parse_line(lines[i], set), fmt::format("{}:{}", file.string(), i + 1));
    if (!seen.insert(lines[i]).second) {
      ++repeated;
      continue;
    }
    const BoxLtwh box{label.box.left * image.width, label.box.top * image.height, label.box.width * image.width,
                      label.box.height * image.height};
    auto& annotations = labelled.truth.annotations;
    CocoCategory& category = labelled.truth.categories[label.class_index];
    annotations.push_back({static_cast<std::int64_t>(annotations.size()) + 1, image.id, category.id, box, box.area(), false});
    ++category.annotations;
  }
  return repeated;
}

}  // namespace

bool is_yolo(const fs::path& folder) {
  std::error_code ignored;
  return !data_yaml_in(folder).empty() || fs::is_regular_file(folder / "obj.data", ignored);
}

Result<LabelledPictures> read_yolo(const fs::path& folder, std::string_view part, const Warn& warn) {
  const fs::path yaml = data_yaml_in(folder);
  OCTET_ASSIGN(const YoloSet set, yaml.empty() ? read_obj_data(folder, part) : read_data_yaml(yaml, part));
  LabelledPictures labelled{set.folder, {}};
  for (const std::string& name : set.names)
    labelled.truth.categories.push_back({static_cast<std::int64_t>(labelled.truth.categories.size()) + 1, name});
  std::int64_t without = 0, repeated = 0;
  for (const fs::path& name : set.pictures) {
    const fs::path path = labelled.image_folder / name;
    OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
    OCTET_ASSIGN_AT(const ImageSize stored, image_size(file.bytes()), path.string());
    const ImageSize size = upright_size(stored, exif_orientation(file.bytes()));  // fractions are of what whoever drew the box has seen
    const auto id = static_cast<std::int64_t>(labelled.truth.images.size()) + 1;
    labelled.truth.images.push_back({id, name.string(), size.width, size.height});
    const fs::path labels = label_file_of(path);
    if (!is_there(labels)) {
      ++without;
      continue;
    }
    OCTET_ASSIGN(const std::int64_t again, read_labels(labels, set, labelled));
    repeated += again;
  }
  if (repeated > 0 && warn)
    warn(fmt::format("{}: takes lines once that a file of labels repeats, and leaves out {}", labelled.image_folder.string(), repeated));
  if (without > 0 && warn)
    warn(fmt::format("{}: {} no file of labels, which is taken for no objects", labelled.image_folder.string(),
                     counted(without, "picture", "has", "have")));
  return labelled;
}

}  // namespace octet
