// yolo_v2, yolo_v3, yolo_v5 and yolof: grids of cells, each with boxes of x, y, width, height, mostly an objectness, and a number for each
// class. As upstream reckons, scores are floats and boxes double.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "accuracy/adapters.h"

namespace octet::accuracy {
namespace {

enum class Family { kV2, kV3, kV5, kYolof };

// One output: how it lies in memory and which anchors it has.
struct Grid {
  std::size_t output = 0;
  std::int64_t height = 0, width = 0, box_size = 0;  // numbers of a box
  std::size_t cell_stride = 1, channel_stride = 1;
  std::vector<double> anchors;  // width and height of each box of a cell
};

struct Decoder {
  Family family = Family::kV3;
  std::int64_t classes = 0;
  bool is_raw = false;  // the network leaves the logistic function to us
  bool multiple_labels = false;
  float threshold = 0;
  ImageSize network;
  std::vector<Grid> grids;

  ImageBoxes operator()(std::span<const Tensor> outputs, const Frame&) const;

 private:
  void decode_box(const Grid& grid, std::int64_t row, std::int64_t column, std::size_t anchor, const float* numbers,
                  ImageBoxes& found) const;
  Box box_at(const Grid& grid, std::int64_t row, std::int64_t column, std::size_t anchor, const float* numbers) const;
  void to_probabilities(std::span<float> classes_of_box) const;
  float probability(float number) const { return is_raw ? 1.0f / (1.0f + std::exp(-number)) : number; }
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

Box Decoder::box_at(const Grid& grid, std::int64_t row, std::int64_t column, std::size_t anchor, const float* numbers) const {
  double x = numbers[0], y = numbers[1], width = std::exp(static_cast<double>(numbers[2])),
         height = std::exp(static_cast<double>(numbers[3]));
  const double anchor_width = grid.anchors[2 * anchor], anchor_height = grid.anchors[2 * anchor + 1];
  const auto columns = static_cast<double>(grid.width), rows = static_cast<double>(grid.height);
  // yolo_v2's anchors are in cells, the others' in pixels of the network's input.
  const double across = family == Family::kV2 ? columns : network.width, down = family == Family::kV2 ? rows : network.height;
  if (is_raw && family == Family::kV5) {
    x = 2 * logistic(x) - 0.5, y = 2 * logistic(y) - 0.5;
    width = std::pow(2 * logistic(numbers[2]), 2), height = std::pow(2 * logistic(numbers[3]), 2);
  } else if (is_raw && family != Family::kYolof) {
    x = logistic(x), y = logistic(y);
  }
  if (is_raw && family == Family::kYolof) {
    x = x * anchor_width / across + static_cast<double>(column) / columns;
    y = y * anchor_height / down + static_cast<double>(row) / rows;
  } else {
    x = (x + static_cast<double>(column)) / columns;
    y = (y + static_cast<double>(row)) / rows;
  }
  width *= anchor_width / across;
  height *= anchor_height / down;
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

void Decoder::to_probabilities(std::span<float> classes_of_box) const {
  if (family != Family::kV2 || !is_raw) {
    for (float& number : classes_of_box) number = probability(number);
    return;
  }
  const float largest = *std::ranges::max_element(classes_of_box);
  float sum = 0;
  for (float& number : classes_of_box) sum += number = std::exp(number - largest);
  for (float& number : classes_of_box) number /= sum;
}

void Decoder::decode_box(const Grid& grid, std::int64_t row, std::int64_t column, std::size_t anchor, const float* numbers,
                         ImageBoxes& found) const {
  const bool has_objectness = grid.box_size == classes + 5;
  const auto strided = [&](std::int64_t i) { return numbers[static_cast<std::size_t>(i) * grid.channel_stride]; };
  const float objectness = has_objectness ? probability(strided(4)) : 1;
  if (!multiple_labels && !(objectness > threshold)) return;

  std::vector<float> scores(static_cast<std::size_t>(classes));
  for (std::int64_t c = 0; c < classes; ++c) scores[static_cast<std::size_t>(c)] = strided(grid.box_size - classes + c);
  to_probabilities(scores);
  for (float& score : scores) score *= objectness;

  const std::array<float, 4> place{strided(0), strided(1), strided(2), strided(3)};
  Box box = box_at(grid, row, column, anchor, place.data());
  const auto add = [&](std::size_t label) {
    box.label = static_cast<int>(label);
    box.score = scores[label];
    found.boxes.push_back(box);
  };
  if (!multiple_labels) return add(static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin()));
  for (std::size_t label = 0; label < scores.size(); ++label)
    if (scores[label] > threshold) add(label);
}

ImageBoxes Decoder::operator()(std::span<const Tensor> outputs, const Frame&) const {
  ImageBoxes found;
  for (const Grid& grid : grids) {
    const float* values = outputs[grid.output].values<float>().data();
    const std::size_t box_stride = static_cast<std::size_t>(grid.box_size) * grid.channel_stride;
    for (std::int64_t row = 0; row < grid.height; ++row)
      for (std::int64_t column = 0; column < grid.width; ++column)
        for (std::size_t anchor = 0; 2 * anchor < grid.anchors.size(); ++anchor)
          decode_box(grid, row, column, anchor,
                     values + static_cast<std::size_t>(row * grid.width + column) * grid.cell_stride + anchor * box_stride, found);
  }
  return found;
}

struct NamedAnchors {
  std::string_view name;
  std::span<const double> values;
};
constexpr std::array kV2Anchors{1.3221, 1.73145, 3.19275, 4.00944, 5.05587, 8.09892, 9.47112, 4.84053, 11.2364, 10.0071};
constexpr std::array kTinyV2Anchors{1.08, 1.19, 3.42, 4.41, 6.63, 11.38, 9.42, 5.11, 16.62, 10.52};
constexpr std::array kV3Anchors{10., 13., 16., 30., 33., 23., 30., 61., 62., 45., 59., 119., 116., 90., 156., 198., 373., 326.};
constexpr std::array kTinyV3Anchors{10., 14., 23., 27., 37., 58., 81., 82., 135., 169., 344., 319.};
constexpr std::array<NamedAnchors, 4> kNamedAnchors{
    {{"yolo_v2", kV2Anchors}, {"tiny_yolo_v2", kTinyV2Anchors}, {"yolo_v3", kV3Anchors}, {"tiny_yolo_v3", kTinyV3Anchors}}};

std::vector<double> read_anchors(Settings& settings, std::string_view fallback) {
  const std::string name = settings.node("anchors").IsScalar() ? settings.text("anchors", fallback) : std::string(fallback);
  for (const NamedAnchors& known : kNamedAnchors)
    if (known.name == name && (!settings.has("anchors") || settings.node("anchors").IsScalar()))
      return {known.values.begin(), known.values.end()};
  std::vector<double> anchors = settings.numbers("anchors");
  if (anchors.size() % 2 != 0) settings.fail("anchors", "must be pairs of width and height");
  return anchors;
}

// The anchors of each output: those of its mask, or the first `num` of all.
std::vector<std::vector<double>> read_masked_anchors(Settings& settings, const std::vector<double>& anchors, std::int64_t num,
                                                     std::size_t outputs) {
  const YAML::Node masks = settings.node("anchor_masks");
  if (!masks) {
    if (num < 1 || 2 * static_cast<std::size_t>(num) > anchors.size()) settings.fail("num", "is more than there are 'anchors'");
    const std::size_t count = std::min(anchors.size(), 2 * static_cast<std::size_t>(std::max<std::int64_t>(num, 0)));
    return {outputs, std::vector<double>(anchors.begin(), anchors.begin() + static_cast<std::ptrdiff_t>(count))};
  }
  std::vector<std::vector<double>> masked(outputs);
  if (!masks.IsSequence() || masks.size() != outputs) return settings.fail("anchor_masks", "must be a list for each output"), masked;
  for (std::size_t i = 0; i < outputs; ++i) {
    for (const YAML::Node& item : masks[i]) {
      std::size_t index = 0;
      if (!masks[i].IsSequence() || !item.IsScalar() || !YAML::convert<std::size_t>::decode(item, index) || index >= anchors.size() / 2)
        return settings.fail("anchor_masks", "must be lists of numbers of anchors"), masked;
      masked[i].push_back(anchors[2 * index]);
      masked[i].push_back(anchors[2 * index + 1]);
    }
    if (masked[i].empty()) return settings.fail("anchor_masks", "must be a list for each output"), masked;
  }
  return masked;
}

// How a configuration says that outputs lie.
struct Layout {
  bool channels_last = false;
  bool reshapes = false;
};

Layout read_layout(Settings& settings) {
  constexpr std::array<std::string_view, 2> kFormats{"BHW", "HWB"}, kLayouts{"NCHW", "NHWC"};
  Layout layout;
  layout.channels_last = settings.choice("output_format", kFormats) == "HWB";
  if (settings.choice("output_layout", kLayouts) == "NHWC") layout.channels_last = true;
  layout.reshapes = settings.flag("do_reshape", false);
  return layout;
}

// Where the cells of an output lie. Its shape decides where it can; `output_format` where it is square in every direction, and where the
// output is not a grid but a row of numbers.
Result<Grid> find_grid(const Network& network, std::size_t index, const Layout& layout, std::optional<std::int64_t> cells, Notes& notes) {
  const NetworkOutput& output = network.outputs[index];
  Shape shape = output.shape;
  if (shape.empty() || element_count(shape) == 0) return wrong_shape(output, "a grid of cells");
  if (shape.size() > 1 && shape[0] == 1) shape.erase(shape.begin());
  const auto fits = [&](std::int64_t rows, std::int64_t columns) {
    return !layout.reshapes || !cells || (rows == *cells && columns == *cells);
  };
  const bool is_grid = shape.size() == 3;
  const bool may_be_first = is_grid && shape[1] == shape[2] && fits(shape[1], shape[2]);
  const bool may_be_last = is_grid && shape[0] == shape[1] && fits(shape[0], shape[1]);
  bool channels_last = layout.channels_last;
  if (may_be_first != may_be_last) {
    channels_last = may_be_last;
    const std::string note =
        fmt::format("output_format says channels {}, outputs such as {} have them {}: taken as they lie",
                    layout.channels_last ? "last (HWB)" : "first (BHW)", to_string(output.shape), channels_last ? "last" : "first");
    const bool is_known = std::ranges::any_of(notes, [](const std::string& each) { return each.starts_with("output_format says"); });
    if (channels_last != layout.channels_last && !is_known) notes.push_back(note);
  } else if (!may_be_first && (layout.reshapes || !is_grid)) {
    const std::int64_t area = cells.value_or(0) * cells.value_or(0);
    if (area == 0 || element_count(shape) % area != 0) return wrong_shape(output, fmt::format("{0}x{0} cells", cells.value_or(0)));
    shape = channels_last ? Shape{*cells, *cells, element_count(shape) / area} : Shape{element_count(shape) / area, *cells, *cells};
  }
  Grid grid{.output = index, .anchors = {}};
  grid.height = shape[channels_last ? 0 : 1];
  grid.width = shape[channels_last ? 1 : 2];
  grid.box_size = shape[channels_last ? 2 : 0];  // of all boxes of a cell, until their number is known
  grid.cell_stride = channels_last ? static_cast<std::size_t>(grid.box_size) : 1;
  grid.channel_stride = channels_last ? 1 : static_cast<std::size_t>(grid.height * grid.width);
  return grid;
}

// Splits the channels of a cell among its boxes.
Status split_channels(Grid& grid, const NetworkOutput& output, std::int64_t classes) {
  const auto boxes = static_cast<std::int64_t>(grid.anchors.size() / 2);
  const std::int64_t channels = grid.box_size;
  grid.box_size = boxes > 0 ? channels / boxes : 0;
  if (boxes > 0 && channels % boxes == 0 && (grid.box_size == classes + 5 || grid.box_size == classes + 4)) return {};
  return wrong_shape(output, fmt::format("{} boxes of {} classes a cell", boxes, classes));
}

Result<Adapter> make_grids(Family family, Settings& settings, const Network& network, Notes& notes) {
  Decoder decoder{.family = family, .network = network.input, .grids = {}};
  decoder.classes = settings.integer("classes", 80);
  if (decoder.classes < 1 || decoder.classes > 100'000) settings.fail("classes", "must be 1 to 100000");
  decoder.threshold = static_cast<float>(settings.number("threshold", 0.001));
  decoder.is_raw = settings.flag("raw_output", false);
  decoder.multiple_labels = settings.flag("multiple_labels", false);
  const std::int64_t num = settings.integer("num", 3);
  const std::vector<std::string> names = settings.texts("outputs");
  if (names.empty()) settings.fail("outputs", "is missing");
  const auto anchors = read_masked_anchors(settings, read_anchors(settings, "yolo_v3"), num, names.size());
  std::vector<double> cells = settings.has("cells") ? settings.numbers("cells") : std::vector<double>{13, 26, 52};
  const Layout layout = read_layout(settings);
  settings.ignore({"coords"});
  OCTET_RETURN_IF_ERROR(settings.finish());
  for (std::size_t i = 0; i < names.size(); ++i) {
    OCTET_ASSIGN(const std::size_t index, find_output(network, names[i]));
    std::optional<std::int64_t> side;
    if (i < cells.size() && cells[i] >= 1 && cells[i] <= 4096) side = static_cast<std::int64_t>(cells[i]);
    OCTET_ASSIGN(Grid grid, find_grid(network, index, layout, side, notes));
    grid.anchors = anchors[i];
    OCTET_RETURN_IF_ERROR(split_channels(grid, network.outputs[index], decoder.classes));
    decoder.grids.push_back(std::move(grid));
  }
  return Adapter(decoder);
}

}  // namespace

Result<Adapter> make_yolo_v2_adapter(Settings& settings, const Network& network, Notes& notes) {
  constexpr float kThreshold = 0.001f;
  Decoder decoder{.family = Family::kV2, .threshold = kThreshold, .network = network.input, .grids = {}};
  decoder.classes = settings.integer("classes", 20);
  if (decoder.classes < 1 || decoder.classes > 100'000) settings.fail("classes", "must be 1 to 100000");
  const std::int64_t num = settings.integer("num", 5), cells = settings.integer("cells", 13);
  if (cells < 1 || cells > 4096) settings.fail("cells", "must be 1 to 4096");
  const auto anchors = read_masked_anchors(settings, read_anchors(settings, "yolo_v2"), num, 1);
  decoder.is_raw = settings.flag("raw_output", false);
  const Layout layout = read_layout(settings);
  settings.ignore({"coords"});
  OCTET_RETURN_IF_ERROR(settings.finish());
  OCTET_ASSIGN(const std::size_t index, first_output(network));
  OCTET_ASSIGN(Grid grid, find_grid(network, index, layout, cells, notes));
  grid.anchors = anchors[0];
  OCTET_RETURN_IF_ERROR(split_channels(grid, network.outputs[index], decoder.classes));
  decoder.grids.push_back(std::move(grid));
  return Adapter(decoder);
}

Result<Adapter> make_yolo_v3_adapter(Settings& settings, const Network& network, Notes& notes) {
  return make_grids(Family::kV3, settings, network, notes);
}
Result<Adapter> make_yolo_v5_adapter(Settings& settings, const Network& network, Notes& notes) {
  return make_grids(Family::kV5, settings, network, notes);
}
Result<Adapter> make_yolof_adapter(Settings& settings, const Network& network, Notes& notes) {
  return make_grids(Family::kYolof, settings, network, notes);
}

}  // namespace octet::accuracy
