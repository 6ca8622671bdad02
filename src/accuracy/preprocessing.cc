#include "accuracy/preprocessing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "accuracy/pillow_resize.h"
#include "base/letter_case.h"
#include "image/mat_view.h"

namespace octet::accuracy {
namespace {

constexpr int kMostSide = 1 << 14;

ImageSize size_of(const cv::Mat& pixels) { return {pixels.cols, pixels.rows}; }

struct Interpolation {
  std::string_view name;
  int flag;
};
constexpr std::array<Interpolation, 7> kInterpolations{{{"LINEAR", cv::INTER_LINEAR},
                                                        {"BILINEAR", cv::INTER_LINEAR},
                                                        {"NEAREST", cv::INTER_NEAREST},
                                                        {"CUBIC", cv::INTER_CUBIC},
                                                        {"BICUBIC", cv::INTER_CUBIC},
                                                        {"AREA", cv::INTER_AREA},
                                                        {"LANCZOS4", cv::INTER_LANCZOS4}}};

struct Resize {
  ImageSize target;
  ImageSize (*scale)(ImageSize target, ImageSize source) = nullptr;  // null: to the target
  int factor = 0;                                                    // sides become multiples of it, or one more; 0: any
  bool includes_boundary = false;
  bool by_pillow = false;
  int interpolation = cv::INTER_LINEAR;

  Result<cv::Mat> operator()(const cv::Mat& pixels, Frame& frame) const;

 private:
  ImageSize size_for(ImageSize source) const;
};

ImageSize Resize::size_for(ImageSize source) const {
  if (!scale) return target;
  ImageSize size = scale(target, source);
  const auto stepped = [&](int side) { return factor > 0 ? side - (side - (includes_boundary ? 0 : 1)) % factor : side; };
  return {stepped(size.width), stepped(size.height)};
}

Result<cv::Mat> Resize::operator()(const cv::Mat& pixels, Frame& frame) const {
  const ImageSize source = size_of(pixels), size = size_for(source);
  if (size.width < 1 || size.height < 1 || size.width > kMostSide || size.height > kMostSide)
    return Error{ErrorCode::kMalformed, fmt::format("resize: a picture of {}x{} cannot become one of {}x{}", source.width, source.height,
                                                    size.width, size.height)};
  cv::Mat resized;
  if (by_pillow) {
    if (pixels.depth() != CV_8U) return Error{ErrorCode::kUnsupported, "resize: Pillow resizes bytes, which the picture no longer is"};
    resized = pillow_resize(pixels, size, interpolation == cv::INTER_CUBIC ? PillowFilter::kBicubic : PillowFilter::kBilinear);
  } else {
    // Upstream makes floats of what a resize gives, so that a second one does not round.
    cv::Mat input = pixels;
    if (frame.resizes > 0 && pixels.depth() == CV_8U) pixels.convertTo(input, CV_32F);
    cv::resize(input, resized, cv::Size(size.width, size.height), 0, 0, interpolation);
  }
  frame.resized = size;
  frame.preferred = {std::max(size.width, target.width), std::max(size.height, target.height)};
  frame.scale_x = static_cast<double>(size.width) / source.width;
  frame.scale_y = static_cast<double>(size.height) / source.height;
  ++frame.resizes;
  return resized;
}

// In any case, as upstream has it.
int read_interpolation(Settings& settings) {
  const std::string written = settings.text("interpolation", "LINEAR");
  const std::string name = upper_case(written);
  const auto found = std::ranges::find(kInterpolations, name, &Interpolation::name);
  if (found != kInterpolations.end()) return found->flag;
  std::array<std::string_view, kInterpolations.size()> names;
  std::ranges::transform(kInterpolations, names.begin(), &Interpolation::name);
  settings.fail("interpolation", fmt::format("is '{}', which octet lacks ({})", written, fmt::join(names, ", ")), ErrorCode::kUnsupported);
  return cv::INTER_LINEAR;
}

void read_realization(Settings& settings, Resize& resize) {
  constexpr std::array<std::string_view, 2> kRealizations{"opencv", "pillow"};
  resize.by_pillow = settings.flag("use_pillow", false);
  if (settings.flag("use_tensorflow", false)) settings.fail("use_tensorflow", "is what octet lacks", ErrorCode::kUnsupported);
  if (settings.has("resize_realization")) resize.by_pillow = settings.choice("resize_realization", kRealizations) == "pillow";
  if (resize.by_pillow && resize.interpolation != cv::INTER_LINEAR && resize.interpolation != cv::INTER_CUBIC)
    settings.fail("interpolation", "is one that octet's Pillow resize lacks (BILINEAR, BICUBIC)", ErrorCode::kUnsupported);
}

void read_scale(Settings& settings, Resize& resize) {
  if (!settings.has("aspect_ratio_scale")) return;
  std::vector<std::string_view> names;
  for (const AspectRatioScale& scale : aspect_ratio_scales()) names.push_back(scale.name);
  const std::string name = settings.choice("aspect_ratio_scale", names);
  for (const AspectRatioScale& scale : aspect_ratio_scales())
    if (scale.name == name) resize.scale = scale.size;
  resize.factor = static_cast<int>(settings.integer("factor", 0));
  if (resize.factor < 0) settings.fail("factor", "must be at least 1");
  resize.includes_boundary = settings.flag("include_boundary", false);
}

Result<Preprocessor> make_resize(Settings& settings, ImageSize) {
  Resize resize;
  const auto size = read_size(settings);
  if (!size) settings.fail("size", "is missing, or 'dst_width' and 'dst_height'");
  if (size) resize.target = {static_cast<int>(size->first), static_cast<int>(size->second)};
  resize.interpolation = read_interpolation(settings);
  read_realization(settings, resize);
  read_scale(settings, resize);
  return Preprocessor{resize, true, true};
}

Result<Preprocessor> make_auto_resize(Settings&, ImageSize network) {
  Resize resize;
  resize.target = network;
  return Preprocessor{resize, true, true};
}

Result<Preprocessor> make_swap(Settings&, ImageSize) {
  return Preprocessor{[](const cv::Mat& pixels, Frame&) -> Result<cv::Mat> {
    cv::Mat swapped(pixels.size(), pixels.type());
    constexpr std::array<int, 6> kPlaces{0, 2, 1, 1, 2, 0};
    cv::mixChannels(&pixels, 1, &swapped, 1, kPlaces.data(), 3);
    return swapped;
  }};
}

// Names that stand for three numbers, as mean and as deviation alike.
struct PerChannel {
  std::string_view name;
  std::array<double, 3> values;
};
constexpr std::array<PerChannel, 2> kNamed{
    {{"imagenet", {104.00698793, 116.66876762, 122.67891434}}, {"cifar10", {125.307, 122.961, 113.8575}}}};

cv::Scalar read_per_channel(Settings& settings, std::string_view key, double fallback) {
  const std::vector<std::string> texts = settings.texts(key);
  if (texts.empty()) return cv::Scalar::all(fallback);
  for (const PerChannel& known : kNamed)
    if (texts.size() == 1 && texts[0] == known.name) return {known.values[0], known.values[1], known.values[2]};
  const std::vector<double> numbers = settings.numbers(key);
  if (numbers.size() == 1) return cv::Scalar::all(numbers[0]);
  if (numbers.size() == 3) return {numbers[0], numbers[1], numbers[2]};
  settings.fail(key, "must be one number or three");
  return cv::Scalar::all(fallback);
}

Result<Preprocessor> make_normalization(Settings& settings, ImageSize) {
  const cv::Scalar mean = read_per_channel(settings, "mean", 0), deviation = read_per_channel(settings, "std", 1);
  for (int channel = 0; channel < 3; ++channel)
    if (deviation[channel] == 0) settings.fail("std", "must not be 0");
  settings.ignore({"images_only"});
  return Preprocessor{[=](const cv::Mat& pixels, Frame&) -> Result<cv::Mat> {
                        cv::Mat normalized;
                        pixels.convertTo(normalized, CV_64F);
                        cv::subtract(normalized, mean, normalized);
                        cv::divide(normalized, deviation, normalized);
                        return normalized;
                      },
                      false};
}

struct Pad {
  std::optional<ImageSize> size;  // absent: what the last resize preferred
  int stride = 1;
  std::string type;
  bool left_top_extend = false;
  cv::Scalar value;

  Result<cv::Mat> operator()(const cv::Mat& pixels, Frame& frame) const;

 private:
  Frame::Padding around(ImageSize picture, ImageSize padded) const;
};

Frame::Padding Pad::around(ImageSize picture, ImageSize padded) const {
  const int across = padded.width - picture.width, down = padded.height - picture.height;
  if (type == "right_bottom") return {0, 0, down, across, padded};
  if (type == "left_top") return {down, across, 0, 0, padded};
  const int odd = left_top_extend ? 1 : 0;
  const int top = down / 2 + odd * (down % 2), left = across / 2 + odd * (across % 2);
  return {top, left, down - top, across - left, padded};
}

Result<cv::Mat> Pad::operator()(const cv::Mat& pixels, Frame& frame) const {
  const ImageSize picture = size_of(pixels), wanted = size.value_or(frame.resizes > 0 ? frame.preferred : picture);
  const auto stepped = [&](int side) { return (side + stride - 1) / stride * stride; };
  const ImageSize padded{stepped(wanted.width), stepped(wanted.height)};
  if (padded.width < picture.width || padded.height < picture.height || padded.width > kMostSide || padded.height > kMostSide)
    return Error{ErrorCode::kMalformed, fmt::format("padding: a picture of {}x{} does not fit into {}x{}", picture.width, picture.height,
                                                    padded.width, padded.height)};
  const Frame::Padding padding = around(picture, padded);
  cv::Mat result;
  cv::copyMakeBorder(pixels, result, padding.top, padding.bottom, padding.left, padding.right, cv::BORDER_CONSTANT, value);
  frame.paddings.push_back(padding);
  return result;
}

bool is_byte(double value) { return value >= 0 && value <= 255 && value == static_cast<int>(value); }

Result<Preprocessor> make_padding(Settings& settings, ImageSize) {
  constexpr std::array<std::string_view, 3> kTypes{"center", "left_top", "right_bottom"};
  Pad pad;
  if (const auto size = read_size(settings)) pad.size = ImageSize{static_cast<int>(size->first), static_cast<int>(size->second)};
  pad.stride = static_cast<int>(settings.integer("stride", 1));
  if (pad.stride < 1 || pad.stride > kMostSide) settings.fail("stride", fmt::format("must be 1 to {}", kMostSide));
  pad.type = settings.choice("pad_type", kTypes);
  pad.left_top_extend = settings.flag("left_top_extend", false);
  pad.value = read_per_channel(settings, "pad_value", 0);
  if (settings.flag("enable_resize", false)) settings.fail("enable_resize", "is what octet lacks", ErrorCode::kUnsupported);
  constexpr std::array<std::string_view, 1> kConstant{"constant"};
  settings.choice("numpy_pad_mode", kConstant);
  settings.ignore({"use_numpy"});  // the same pixels
  return Preprocessor{pad, is_byte(pad.value[0]) && is_byte(pad.value[1]) && is_byte(pad.value[2])};
}

constexpr std::array<Kind<Preprocessor, ImageSize>, 6> kPreprocessors{{
    {"resize", make_resize},
    {"auto_resize", make_auto_resize},
    {"bgr_to_rgb", make_swap},
    {"rgb_to_bgr", make_swap},
    {"normalization", make_normalization},
    {"padding", make_padding},
}};

struct Reader {
  bool reads_rgb = false;
};

Result<Reader> make_opencv_reader(Settings& settings) {
  constexpr std::array<std::string_view, 1> kColour{"color"};
  settings.choice("reading_flag", kColour);
  return Reader{};
}

Result<Reader> make_pillow_reader(Settings& settings) {
  if (!settings.flag("to_rgb", true)) settings.fail("to_rgb", "False is what octet lacks", ErrorCode::kUnsupported);
  return Reader{true};
}

constexpr std::array<Kind<Reader>, 2> kReaders{{{"opencv_imread", make_opencv_reader}, {"pillow_imread", make_pillow_reader}}};

}  // namespace

bool Preprocessing::gives_bytes() const {
  return std::ranges::all_of(steps, &Preprocessor::keeps_bytes) && std::ranges::count_if(steps, &Preprocessor::is_resize) <= 1;
}

Result<Preprocessing> make_preprocessing(const YAML::Node& reader, const YAML::Node& steps, ImageSize network) {
  Preprocessing preprocessing;
  if (reader && !reader.IsNull()) {
    OCTET_ASSIGN(const Reader made, make_block<Reader>("reader", "type", reader, kReaders));
    preprocessing.reads_rgb = made.reads_rgb;
  }
  if (!steps || steps.IsNull()) return preprocessing;
  if (!steps.IsSequence()) return Error{ErrorCode::kMalformed, "'preprocessing' must be a list"};
  for (const YAML::Node& step : steps) {
    OCTET_ASSIGN(Preprocessor made, (make_block<Preprocessor, ImageSize>("preprocessor", "type", step, kPreprocessors, network)));
    preprocessing.steps.push_back(std::move(made));
  }
  return preprocessing;
}

Result<PreparedPicture> prepare_picture(const Preprocessing& preprocessing, const Image& picture, ImageSize network) {
  Frame frame{.source = picture.size(), .resized = picture.size(), .preferred = picture.size(), .network = network, .paddings = {}};
  cv::Mat pixels = mat_view(picture);
  if (preprocessing.reads_rgb) cv::cvtColor(mat_view(picture), pixels = cv::Mat(), cv::COLOR_BGR2RGB);
  for (const Preprocessor& step : preprocessing.steps) {
    OCTET_ASSIGN(pixels, step.apply(pixels, frame));
  }
  if (pixels.cols != network.width || pixels.rows != network.height)
    return Error{ErrorCode::kMalformed,
                 fmt::format("the preprocessing makes a picture of {}x{} of one of {}x{}, the network takes {}x{}", pixels.cols,
                             pixels.rows, picture.width(), picture.height(), network.width, network.height)};
  return PreparedPicture{std::move(pixels), std::move(frame)};
}

}  // namespace octet::accuracy
