#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/yaml.h"
#include "recognise/beside/beside.h"

// The readers of each kind of file, and what they share: walking over YAML, which JSON is as well.
namespace octet::beside {

// Where a model lies, and the sentences about files there that cannot be read, which may be another program's.
struct Place {
  std::filesystem::path folder;
  std::string model;  // the name of its file
  std::vector<std::string> unused = {};
};

// Nothing where no such file lies in the folder, or one of another program.
using Found = Result<std::optional<Beside>>;
Found read_ultralytics(Place& place);
Found read_paddle_detection(Place& place);
Found read_mmdeploy(Place& place);
Found read_transformers(Place& place);

// A file of a folder; null where there is none, or where it cannot be read, which is said among what is unused.
YAML::Node load_if_there(const std::filesystem::path& file, Place& place);

// The value of a key; null where the node is no map or has no such key.
YAML::Node at(const YAML::Node& map, const char* key);
std::string text(const YAML::Node& scalar);                 // empty for what is none
std::optional<double> number_of(const YAML::Node& scalar);  // a finite one
bool flag(const YAML::Node& scalar, bool otherwise);
// Two whole numbers, or one for both; nothing for anything else.
std::optional<std::pair<int, int>> two_sides(const YAML::Node& node);

// What is taken off a pixel and what it is divided by, as files have them for pixels times `factor`. kMalformed, naming the key, unless
// both are three numbers, or one, that a pixel could have.
struct Normalization {
  std::vector<double> mean = {}, deviation = {};
  double factor = 1;
};
Result<Normalization> normalization(const YAML::Node& mean, const YAML::Node& deviation, double factor);
void set_normalization(const Normalization& normalization, bool reverse_channels, ModelInfo& keys);

// A border of pictures: the number that it is filled with, or the first of three, and whether that is before the normalization.
struct Border {
  double fill = 0;
  bool is_first = false;
};
Border border(const YAML::Node& fill, bool is_first);

// Pictures that keep their ratio at the top left, with a border whose value before the normalization (0 to 255) is the same in all
// channels.
void set_letterbox(const Border& border, const Normalization& normalization, ModelInfo& keys);

// The least score of a box, of 0 to 1; anything else is left out.
void set_threshold(const YAML::Node& score, ModelInfo& keys);

void set_size(int height, int width, ModelInfo& keys);

}  // namespace octet::beside
