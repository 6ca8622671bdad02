#include "commands/benchmark_app/input_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <numeric>
#include <random>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "base/memory.h"
#include "commands/benchmark_app/log.h"
#include "formats/npz/npz.h"
#include "image/decode.h"
#include "image/resize.h"

namespace octet::commands::benchmark_app {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kImageExtensions{".bmp", ".dib", ".jpeg", ".jpg", ".jpe", ".jp2",  ".png",
                                                ".pbm", ".pgm", ".ppm",  ".sr",  ".ras", ".tiff", ".tif"};

Error invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::optional<InputFiles::Kind> kind_of(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == ".npy") return InputFiles::Kind::kNumpy;
  if (extension == ".bin") return InputFiles::Kind::kBinary;
  return std::ranges::find(kImageExtensions, extension) != kImageExtensions.end() ? std::optional(InputFiles::Kind::kImages) : std::nullopt;
}

// A file, or the files of a folder.
Result<std::vector<fs::path>> files_of(const fs::path& path, const std::string& whose) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  if (fs::is_regular_file(absolute, failed)) return std::vector{absolute};
  if (!fs::is_directory(absolute, failed)) return Error{ErrorCode::kNotFound, whose + " '" + absolute.string() + "' doesn't exist"};
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(absolute, failed), end; !failed && entry != end; entry.increment(failed))
    files.push_back(entry->path());
  if (failed) return Error{ErrorCode::kNotFound, whose + " '" + absolute.string() + "' cannot be listed: " + failed.message()};
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// "a:x.jpg,y.jpg,b:z.npy" as pairs of a name and its paths; one of no name where no path has one.
std::vector<std::pair<std::string, std::vector<std::string>>> named_paths(const std::string& text) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const std::string& part : split_at_commas(text)) {
    const std::size_t colon = part.find(':');
    const bool named = colon != std::string::npos && part.find('/') >= colon;
    if (named || groups.empty()) groups.push_back({named ? part.substr(0, colon) : "", {}});
    groups.back().second.push_back(named ? part.substr(colon + 1) : part);
  }
  return groups;
}

// Gathers files by input, whatever their kinds.
class Mapping {
 public:
  explicit Mapping(std::span<const ModelInput> inputs) : inputs_(inputs) {}

  std::map<std::string, std::vector<fs::path>> found;

  Status add(const std::string& word) {
    std::vector<fs::path> unnamed;
    for (const auto& [name, paths] : named_paths(word)) {
      if (!name.empty() && std::ranges::find(inputs_, name, &ModelInput::name) == inputs_.end())
        return invalid(
            fmt::format("Wrong input mapping! Cannot find inputs: ['{}']. Available inputs: ['{}']. Please check `-i` input data", name,
                        fmt::join(names(), "', '")));
      for (const std::string& path : paths) {
        OCTET_ASSIGN(const auto files, files_of(path, name.empty() ? "Path" : "Path for input '" + name + "'"));
        auto& target = name.empty() ? unnamed : found[name];
        target.insert(target.end(), files.begin(), files.end());
      }
    }
    spread(std::move(unnamed));
    return {};
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const ModelInput& input : inputs_) all.push_back(input.name);
    return all;
  }

  // To the inputs in turn, but to those that hold sizes of images.
  void spread(std::vector<fs::path> files) {
    if (files.empty()) return;
    const std::size_t given = files.size();
    if (inputs_.size() > 1)
      warning(
          fmt::format("Model has {} inputs. It's recommended to use name mapping to specify parameters for each input.", inputs_.size()));
    if (given > inputs_.size() && given % inputs_.size() != 0) {
      files.resize(given - given % inputs_.size());
      warning(
          fmt::format("Number of provided input files '{}' is not a multiple of the number of model inputs. Only {} files fill be used.",
                      given, files.size()));
    }
    std::vector<std::string> to_fill;
    for (const ModelInput& input : inputs_)
      if (!input.is_image_info()) to_fill.push_back(input.name);
    for (std::size_t i = 0; i < files.size() && !to_fill.empty(); ++i) found[to_fill[i % to_fill.size()]].push_back(files[i]);
  }

  std::span<const ModelInput> inputs_;
};

// As many files as come out even in batches; upstream's warnings.
std::size_t files_to_use(std::size_t given, std::size_t batch, const ModelInput& input, const char* what) {
  if (given > batch && given % batch != 0) {
    warning(fmt::format(
        "Number of provided {} for input '{}' is not a multiple of the number of provided data shapes. Only {} {} will be processed "
        "for this input.",
        what, input.name, given - given % batch, what));
    return given - given % batch;
  }
  if (given < batch) warning(fmt::format("Some {} will be dublicated: {} is required, but only {} were provided.", what, batch, given));
  return given;
}

// OpenCV's BGR2GRAY.
std::uint8_t grey_of(const std::uint8_t* bgr) {
  constexpr int kBlue = 3735, kGreen = 19235, kRed = 9798, kShift = 15;
  return static_cast<std::uint8_t>((bgr[0] * kBlue + bgr[1] * kGreen + bgr[2] * kRed + (1 << (kShift - 1))) >> kShift);
}

// The picture's bytes in the order of the input, of three channels or one.
Result<std::vector<std::uint8_t>> image_bytes(const fs::path& path, const ModelInput& input, bool channels_last) {
  info("Prepare image " + path.string());
  OCTET_ASSIGN(Image image, read_image(path, {.apply_exif = true}));
  const auto width = input.size('W'), height = input.size('H');
  if (!width || !height)
    return invalid("input '" + input.name + "' takes no images: its layout " + input.layout.to_string() + " has no height and width");
  if (*width < 1 || *height < 1 || *width > kMaxPixels / *height)
    return invalid("input '" + input.name + "' " + to_string(input.type.shape) + " has not the size of a picture");
  const ImageSize target{static_cast<int>(*width), static_cast<int>(*height)};
  if (image.size() != target) {
    warning(fmt::format("Image is resized from (({}, {})) to (({}, {}))", image.height(), image.width(), target.width, target.height));
    image = resized(image, target);
  }
  const auto channels = static_cast<std::size_t>(input.size('C').value_or(0));
  if (channels != 1 && channels != Image::kChannels)
    return invalid(fmt::format("{}: a picture of 3 channels is not compatible with input '{}' {}! Make sure -i parameter is valid.",
                               path.string(), input.name, to_string(input.type.shape)));
  const auto source = image.bytes();
  const std::size_t pixels = source.size() / Image::kChannels;
  std::vector<std::uint8_t> bytes(pixels * channels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel)
    for (std::size_t c = 0; c < channels; ++c)
      bytes[channels_last ? pixel * channels + c : c * pixels + pixel] =
          channels == 1 ? grey_of(source.data() + pixel * Image::kChannels) : source[pixel * Image::kChannels + c];
  return bytes;
}

// The shape in which an input's values are kept.
Shape shape_of(const ModelInput& input, bool as_picture) {
  const Shape& shape = input.type.shape;
  return as_picture ? Shape{shape[0], shape[2], shape[3], shape[1]} : shape;
}

// [N,C,H,W] of bytes as [N,H,W,C].
Tensor pixels_from_planes(const Tensor& planes) {
  const Shape& shape = planes.shape();
  const std::int64_t channels = shape[1], pixels = shape[2] * shape[3];
  Tensor picture(planes.type(), {shape[0], shape[2], shape[3], channels});
  const auto from = planes.values<std::uint8_t>();
  const auto to = picture.mutable_values<std::uint8_t>();
  for (std::int64_t n = 0; n < shape[0]; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
        to[static_cast<std::size_t>((n * pixels + pixel) * channels + c)] =
            from[static_cast<std::size_t>((n * channels + c) * pixels + pixel)];
  return picture;
}

Result<Tensor> image_tensor(std::span<const fs::path> paths, const ModelInput& input, bool as_picture) {
  const std::string layout = input.layout.to_string();
  const bool planes = layout == "[N,C,H,W]" || layout == "[C,H,W]";
  Tensor bytes(ElementType::kU8, shape_of(input, as_picture));
  const std::size_t size = bytes.bytes().size() / paths.size();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    OCTET_ASSIGN(const auto image, image_bytes(paths[i], input, as_picture || !planes));
    if (image.size() != size)
      return invalid(paths[i].string() + ": a picture is not compatible with input '" + input.name + "' " + to_string(input.type.shape) +
                     " of layout " + layout);
    std::memcpy(bytes.mutable_bytes().data() + i * size, image.data(), size);
  }
  return input.given == ElementType::kU8 ? bytes : converted(bytes, input.given);
}

Result<Tensor> numpy_array(const fs::path& path, const ModelInput& input) {
  OCTET_ASSIGN(const auto file, MappedFile::open(path));
  OCTET_ASSIGN_AT(const Tensor array, parse_npy(file.bytes()), path.string());
  if (array.shape() != input.type.shape)
    return invalid("Numpy array shape mismatch. File " + path.string() + " has shape: " + to_string(array.shape()) +
                   ", expected: " + to_string(input.type.shape));
  if (array.type() != input.given)
    return invalid("Numpy array in file " + path.string() + " is of " + std::string(name_of(array.type())) +
                   " format, which does not match input type " + std::string(name_of(input.given)) + ".");
  return array;
}

Result<Tensor> binary_values(const fs::path& path, const ModelInput& input) {
  OCTET_ASSIGN(const auto file, MappedFile::open(path));
  Tensor tensor(input.given, input.type.shape);
  if (file.bytes().size() != tensor.bytes().size())
    return invalid("File " + path.string() + " contains " + std::to_string(file.bytes().size()) + " bytes but model expects " +
                   std::to_string(tensor.bytes().size()));
  std::ranges::copy(file.bytes(), tensor.mutable_bytes().begin());
  return tensor;
}

// Each file holds a whole batch, of which upstream takes the image that is next: image b of the b-th file.
Result<Tensor> batch_of_files(std::span<const fs::path> paths, const ModelInput& input,
                              Result<Tensor> (*read)(const fs::path&, const ModelInput&)) {
  Tensor batch(input.given, input.type.shape);
  const std::size_t size = batch.bytes().size() / paths.size();
  for (std::size_t i = 0; i < paths.size(); ++i) {
    OCTET_ASSIGN(const Tensor whole, read(paths[i], input));
    std::ranges::copy(whole.bytes().subspan(i * size, size), batch.mutable_bytes().begin() + static_cast<std::ptrdiff_t>(i * size));
  }
  return batch;
}

// Files of a batch: N of them where N is the first dimension, else one.
std::size_t batch_of(const ModelInput& input) {
  const auto batch = input.layout.find('N', input.type.shape.size());
  return batch == std::size_t{0} ? static_cast<std::size_t>(std::max<std::int64_t>(1, input.type.shape[0])) : 1;
}

Result<Tensor> tensor_of_files(const InputFiles& files, std::span<const fs::path> paths, const ModelInput& input, bool as_picture) {
  if (files.kind == InputFiles::Kind::kImages) return image_tensor(paths, input, as_picture);
  OCTET_ASSIGN(const Tensor tensor, batch_of_files(paths, input, files.kind == InputFiles::Kind::kNumpy ? numpy_array : binary_values));
  return as_picture ? pixels_from_planes(tensor) : tensor;
}

// One tensor a file, each of a batch of files from where the one before ended.
Result<std::vector<Tensor>> tensors_of_files(const InputFiles& files, const ModelInput& input, bool as_picture) {
  static constexpr std::array kNames{"images", "numpy arrays", "binaries"};
  const std::size_t batch = batch_of(input);
  const std::size_t count = files_to_use(files.paths.size(), batch, input, kNames[static_cast<std::size_t>(files.kind)]);
  const std::uint64_t bytes = static_cast<std::uint64_t>(element_count(input.type.shape)) * size_of(input.given);
  if (bytes > 0 && count > memory_bytes() / 2 / bytes)
    return invalid(fmt::format("{} files of {} bytes each for input '{}' do not fit in memory, give fewer", count, bytes, input.name));
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<fs::path> paths;
    for (std::size_t b = 0; b < batch; ++b) paths.push_back(files.paths[(i * batch + b) % count]);
    OCTET_ASSIGN(tensors.emplace_back(), tensor_of_files(files, paths, input, as_picture));
  }
  return tensors;
}

// Whole numbers 0 to 255, the same for every run; of a boolean 0 and 1.
Tensor random_tensor(const ModelInput& input, bool as_picture) {
  std::mt19937 random(0);
  Tensor values(ElementType::kF32, shape_of(input, as_picture));
  const std::uint32_t mask = input.given == ElementType::kBoolean ? 1 : 255;
  for (float& value : values.mutable_values<float>()) value = static_cast<float>(random() & mask);
  return converted(values, input.given);
}

// Width and height of the image, and ones.
Tensor image_info_tensor(const ModelInput& input, const ModelInput& image) {
  Tensor values(ElementType::kF32, input.type.shape);
  const auto numbers = values.mutable_values<float>();
  const auto columns = static_cast<std::size_t>(input.type.shape[1]);
  const auto number_at = [&](std::size_t column) { return column < 2 ? *(column == 0 ? image.size('W') : image.size('H')) : 1; };
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(number_at(i % columns));
  return converted(values, input.given);
}

// The only image among the inputs.
const ModelInput* single_image(std::span<const ModelInput> inputs) {
  const auto images = std::ranges::count_if(inputs, &ModelInput::is_image);
  return images == 1 ? &*std::ranges::find_if(inputs, &ModelInput::is_image) : nullptr;
}

}  // namespace

Result<std::map<std::string, InputFiles>> find_input_files(const std::vector<std::vector<std::string>>& words,
                                                           std::span<const ModelInput> inputs) {
  Mapping mapping(inputs);
  for (const auto& group : words)
    for (const std::string& word : group) OCTET_RETURN_IF_ERROR(mapping.add(word));
  std::map<std::string, InputFiles> found;
  std::vector<std::string> unsupported;
  for (auto& [name, paths] : mapping.found) {
    std::map<InputFiles::Kind, std::vector<fs::path>> by_kind;
    for (const fs::path& path : paths) {
      if (const auto kind = kind_of(path))
        by_kind[*kind].push_back(path);
      else
        unsupported.push_back(path.string());
    }
    if (by_kind.empty()) continue;
    std::ranges::sort(by_kind.begin()->second);
    found[name] = {by_kind.begin()->first, std::move(by_kind.begin()->second)};
  }
  if (!unsupported.empty())
    warning(fmt::format(
        "This files has unsupported extensions and will be ignored: ['{}'].\nSupported extentions:\nImages: ['{}']\nBinary: ['.bin']\n"
        "Numpy: ['.npy']",
        fmt::join(unsupported, "', '"), fmt::join(kImageExtensions, "', '")));
  return found;
}

Result<std::vector<std::vector<Tensor>>> input_tensors(const std::map<std::string, InputFiles>& files, std::span<const ModelInput> inputs,
                                                       bool as_picture) {
  const ModelInput* image = single_image(inputs);
  const auto gives_sizes = [&](const ModelInput& input) { return input.is_image_info() && image; };
  for (const ModelInput& input : inputs)
    if (!files.contains(input.name) && !gives_sizes(input))
      warning("No input files were given for input '" + input.name + "'!. This input will be filled with random values!");
  std::vector<std::vector<Tensor>> tensors;
  for (const ModelInput& input : inputs) {
    if (const auto own = files.find(input.name); own != files.end()) {
      OCTET_ASSIGN(tensors.emplace_back(), tensors_of_files(own->second, input, as_picture));
    } else if (gives_sizes(input)) {
      info(fmt::format("Create input tensors for input '{}' with image sizes: ({}, {})", input.name, *image->size('W'), *image->size('H')));
      tensors.push_back({image_info_tensor(input, *image)});
    } else {
      info("Fill input '" + input.name + "' with random values ");
      tensors.push_back({random_tensor(input, as_picture)});
    }
  }
  return tensors;
}

}  // namespace octet::commands::benchmark_app
