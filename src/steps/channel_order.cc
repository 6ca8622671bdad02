#include "steps/channel_order.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/parallel.h"
#include "data/picture_figures.h"
#include "detector/detector.h"
#include "eval/fidelity.h"
#include "image/decode.h"

namespace octet {
namespace {

constexpr std::size_t kPictures = 12;

std::vector<Image> some_of(const Dataset& pictures, int threads) {
  const std::vector<ImageEntry> entries = spread_entries(pictures.images, kPictures);
  std::vector<std::optional<Image>> read(entries.size());
  parallel_for_each(std::max(1, threads), entries.size(), [&](int, std::size_t i) {
    if (auto image = read_image(entries[i].path, pictures.decode); image.ok()) read[i] = *std::move(image);
  });
  std::vector<Image> images;
  for (std::optional<Image>& image : read)
    if (image) images.push_back(*std::move(image));
  return images;
}

bool has_more_red(const std::vector<Image>& images) {
  double sum = 0;
  for (const Image& image : images) sum += figures_of(image).red_over_blue;
  return sum >= 0;
}

void exchange_red_and_blue(Image& image) {
  const auto bytes = image.bytes();
  for (std::size_t i = 0; i + Image::kChannels <= bytes.size(); i += Image::kChannels) std::swap(bytes[i], bytes[i + 2]);
}

// Sum of the scores of what is found in a picture, which counts what is seen and how surely.
double found_in(DetectionSession& session, const Image& image) {
  const auto found = session.detect(image, {.score_threshold = kReferenceScore});
  double sum = 0;
  if (found.ok())
    for (const Detection& each : *found) sum += static_cast<double>(each.score);
  return sum;
}

struct Found {
  double as_is = 0, exchanged = 0;
};

std::vector<Found> look_both_ways(const Detector& detector, std::vector<Image>& images, int threads) {
  std::vector<std::unique_ptr<DetectionSession>> sessions;
  for (int i = 0; i < std::max(1, threads); ++i) sessions.push_back(std::make_unique<DetectionSession>(detector, 1));
  std::vector<Found> found(images.size());
  parallel_for_each(static_cast<int>(sessions.size()), images.size(), [&](int worker, std::size_t i) {
    DetectionSession& session = *sessions[static_cast<std::size_t>(worker)];
    found[i].as_is = found_in(session, images[i]);
    exchange_red_and_blue(images[i]);
    found[i].exchanged = found_in(session, images[i]);
  });
  return found;
}

// More in all, and in twice as many pictures as there is less in.
bool is_clearly_more(const std::vector<Found>& pictures, const Found& sum) {
  constexpr double kClearly = 1.03;
  constexpr std::ptrdiff_t kFewest = 4;
  const auto more = std::ranges::count_if(pictures, [](const Found& found) { return found.exchanged > found.as_is; });
  const auto less = std::ranges::count_if(pictures, [](const Found& found) { return found.exchanged < found.as_is; });
  return more >= kFewest && more >= 2 * less && sum.exchanged > kClearly * sum.as_is;
}

}  // namespace

Result<std::string> channel_order_remark(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures, int threads) {
  std::vector<Image> images = some_of(pictures, threads);
  if (has_more_red(images)) return std::string();
  OCTET_ASSIGN(const Detector detector, make_detector(graph, path));
  const std::vector<Found> found = look_both_ways(detector, images, threads);
  Found sum;
  for (const Found& picture : found) {
    sum.as_is += picture.as_is;
    sum.exchanged += picture.exchanged;
  }
  if (!is_clearly_more(found, sum)) return std::string();
  return fmt::format(
      "{}: red and blue of the pictures to calibrate with seem to be exchanged: in {} of them what the model finds scores {:.1f} in sum, "
      "and "
      "{:.1f} with the two exchanged",
      pictures.image_folder.string(), found.size(), sum.as_is, sum.exchanged);
}

}  // namespace octet
