#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/decode.h"
#include "model/yaml.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20, kMostListBytes = std::size_t{256} << 20;
constexpr double kGreatestNumber = 1e6;  // of a fraction of a picture, or a class

// The pictures of a part and the classes.
struct YoloSet {
  fs::path folder;                 // that the pictures are relative to
  std::vector<fs::path> pictures;  // sorted
  std::vector<std::string> names;  // by class index
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

// The lines of a list that are no blank.
Result<std::vector<std::string>> read_lines(const fs::path& file) {
  OCTET_ASSIGN(const std::string text, read_text(file, kMostListBytes));
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// Places are relative to `folder`, or to the folder "data" in it, which some exports name and do not have.
Result<fs::path> place_in(const fs::path& folder, const std::string& name) {
  OCTET_ASSIGN(fs::path path, path_inside(folder, name));
  constexpr std::string_view kPrefix = "data/";
  if (is_there(path) || !name.starts_with(kPrefix)) return path;
  return path_inside(folder, name.substr(kPrefix.size()));
}

Status list_by_file(const fs::path& file, YoloSet& set) {
  OCTET_ASSIGN(const std::vector<std::string> lines, read_lines(file));
  for (const std::string& line : lines) {
    OCTET_ASSIGN_AT(const fs::path path, place_in(set.folder, line), file.string());
    set.pictures.push_back(path.lexically_relative(set.folder));
  }
  std::ranges::sort(set.pictures);
  return {};
}

Status list_by_folder(YoloSet& set) {
  OCTET_ASSIGN(FolderListing listing, list_pictures(set.folder));
  set.pictures = std::move(listing.pictures);
  return {};
}

// As Ultralytics has it: relative to 'path', which is relative to the file; a folder of pictures, or a list of them.
Result<YoloSet> read_data_yaml(const fs::path& folder, std::string_view part) {
  const fs::path file = folder / "data.yaml";
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(file));
  if (!root.IsMap() || !root["names"]) return Error{ErrorCode::kMalformed, file.string() + ": lacks 'names', the list of classes"};
  YoloSet set;
  OCTET_ASSIGN_AT(set.names, names_of(root["names"]), file.string());
  const YAML::Node path = root["path"], pictures = root[std::string(part)];
  if (!pictures || !pictures.IsScalar())
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{}: '{}' names neither a folder of pictures nor a list of them", file.string(), part)};
  // Published files name a place on their author's machine, and lie beside what they name.
  const fs::path above = folder / (path && path.IsScalar() ? path.Scalar() : "");
  const fs::path base = is_there(above / pictures.Scalar()) ? above : folder, named = (base / pictures.Scalar()).lexically_normal();
  const bool is_list = named.extension() == ".txt";
  set.folder = is_list ? (base / "").lexically_normal() : named;
  OCTET_RETURN_IF_ERROR(is_list ? list_by_file(named, set) : list_by_folder(set));
  return set;
}

// As Darknet has it, "key = value": a list of classes, and lists of the pictures of the parts.
Result<YoloSet> read_obj_data(const fs::path& folder, std::string_view part) {
  const fs::path file = folder / "obj.data";
  OCTET_ASSIGN(const std::vector<std::string> lines, read_lines(file));
  const auto place_of = [&](std::string_view key) -> Result<fs::path> {
    for (const std::string& line : lines) {
      std::istringstream words(line);
      std::string name, equals, value;
      if (words >> name >> equals >> value && name == key && equals == "=") return place_in(folder, value);
    }
    return Error{ErrorCode::kNotFound, fmt::format("{}: lacks '{} = FILE'", file.string(), key)};
  };
  YoloSet set{folder, {}, {}};
  OCTET_ASSIGN(const fs::path names, place_of("names"));
  OCTET_ASSIGN(set.names, read_lines(names));
  OCTET_ASSIGN(const fs::path list, place_of(part == "val" ? "valid" : part));
  OCTET_RETURN_IF_ERROR(list_by_file(list, set));
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

Result<LabelLine> parse_line(const std::string& line, std::size_t class_count) {
  std::istringstream words(line);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    const auto number = parse_number<double>(word);
    if (!number || !std::isfinite(*number)) return Error{ErrorCode::kMalformed, in_quotes(word) + " is no number"};
    if (std::abs(*number) > kGreatestNumber) return Error{ErrorCode::kMalformed, in_quotes(word) + " is no fraction of a picture"};
    numbers.push_back(*number);
  }
  if (numbers.size() < 5 || numbers.size() % 2 == 0)
    return Error{ErrorCode::kMalformed,
                 fmt::format("has {} numbers, expected a class and centre and size, or a class and a polygon", numbers.size())};
  if (numbers[0] < 0 || numbers[0] != std::floor(numbers[0]) || numbers[0] >= static_cast<double>(class_count))
    return Error{ErrorCode::kMalformed, fmt::format("has the class {:g}, and 'names' has {}", numbers[0], class_count)};
  LabelLine label{static_cast<std::size_t>(numbers[0]), {}};
  const std::span<const double> place = std::span(numbers).subspan(1);
  if (place.size() > 4)
    label.box = box_around(place);
  else if (place[2] < 0 || place[3] < 0)
    return Error{ErrorCode::kMalformed, fmt::format("has the size {:g} x {:g}, expected none below 0", place[2], place[3])};
  else
    label.box = {place[0] - place[2] / 2, place[1] - place[3] / 2, place[2], place[3]};
  return label;
}

Status read_labels(const fs::path& file, const CocoImage& image, LabelledPictures& labelled) {
  OCTET_ASSIGN(const std::string text, read_text(file, kMostLabelBytes));
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    OCTET_ASSIGN_AT(const LabelLine label, parse_line(line, labelled.truth.categories.size()), fmt::format("{}:{}", file.string(), number));
    const BoxLtwh box{label.box.left * image.width, label.box.top * image.height, label.box.width * image.width,
                      label.box.height * image.height};
    auto& annotations = labelled.truth.annotations;
    CocoCategory& category = labelled.truth.categories[label.class_index];
    annotations.push_back({static_cast<std::int64_t>(annotations.size()) + 1, image.id, category.id, box, box.area(), false});
    ++category.annotations;
  }
  return {};
}

}  // namespace

bool is_yolo(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "data.yaml", ignored) || fs::is_regular_file(folder / "obj.data", ignored);
}

Result<LabelledPictures> read_yolo(const fs::path& folder, std::string_view part, const Warn& warn) {
  OCTET_ASSIGN(const YoloSet set, is_there(folder / "data.yaml") ? read_data_yaml(folder, part) : read_obj_data(folder, part));
  LabelledPictures labelled{set.folder, {}};
  for (const std::string& name : set.names)
    labelled.truth.categories.push_back({static_cast<std::int64_t>(labelled.truth.categories.size()) + 1, name});
  std::int64_t without = 0;
  for (const fs::path& name : set.pictures) {
    const fs::path path = labelled.image_folder / name;
    OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
    OCTET_ASSIGN_AT(const ImageSize size, image_size(file.bytes()), path.string());
    const auto id = static_cast<std::int64_t>(labelled.truth.images.size()) + 1;
    labelled.truth.images.push_back({id, name.string(), size.width, size.height});
    const fs::path labels = label_file_of(path);
    if (is_there(labels))
      OCTET_RETURN_IF_ERROR(read_labels(labels, labelled.truth.images.back(), labelled));
    else
      ++without;
  }
  if (without > 0 && warn)
    warn(fmt::format("{}: {} have no file of labels and are taken for empty", labelled.image_folder.string(), counted(without, "picture")));
  return labelled;
}

}  // namespace octet
