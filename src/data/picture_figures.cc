#include "data/picture_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/parallel.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/decode.h"

namespace octet {
namespace {

// Whether all pixels are nearly one colour.
bool shows_nothing(const Image& image) {
  constexpr int kNoise = 4;  // of a camera or of JPEG, in steps of 255
  std::array<int, Image::kChannels> low, high;
  low.fill(255);
  high.fill(0);
  const auto bytes = image.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t channel = i % Image::kChannels;
    low[channel] = std::min<int>(low[channel], bytes[i]);
    high[channel] = std::max<int>(high[channel], bytes[i]);
    if (high[channel] - low[channel] > kNoise) return false;
  }
  return true;
}

struct Looked {
  std::vector<ImageEntry> pictures;  // that can be read
  std::vector<PictureFigures> figures;
};

Looked look_at(const ImageList& images, const DecodeOptions& decode, std::size_t most, int threads) {
  const std::vector<ImageEntry> some = spread_entries(images, most);
  std::vector<std::optional<PictureFigures>> figures(some.size());
  parallel_for_each(std::max(1, threads), some.size(), [&](int, std::size_t i) {
    if (const auto image = read_image(some[i].path, decode); image.ok()) figures[i] = figures_of(*image);
  });
  Looked looked;
  for (std::size_t i = 0; i < some.size(); ++i) {
    if (!figures[i]) continue;
    looked.pictures.push_back(some[i]);
    looked.figures.push_back(*figures[i]);
  }
  return looked;
}

// Whether all are the same, pixel by pixel. Read again where their figures do not tell them apart.
bool are_one_picture(const Looked& looked, const DecodeOptions& decode) {
  if (std::ranges::any_of(looked.figures, [&](const PictureFigures& figures) { return figures != looked.figures[0]; })) return false;
  std::optional<Image> first;
  for (const ImageEntry& picture : looked.pictures) {
    auto image = read_image(picture.path, decode);
    if (!image.ok()) return false;
    if (!first)
      first = *std::move(image);
    else if (first->size() != image->size() || !std::ranges::equal(first->bytes(), image->bytes()))
      return false;
  }
  return true;
}

// --- Another scale ---

std::string scale_remark(const std::vector<PictureFigures>& pictures) {
  constexpr int kDark = 96, kBright = 160;
  constexpr std::size_t kFewest = 3;  // one picture alone may be taken at night
  int darkest = 255, brightest = 0;
  for (const PictureFigures& picture : pictures) {
    darkest = std::min(darkest, picture.darkest);
    brightest = std::max(brightest, picture.brightest);
  }
  if (pictures.size() < kFewest) return {};
  if (brightest < kDark)
    return fmt::format("no pixel of {} that were looked at is brighter than {} of 255: scaled to another range, or taken in the dark",
                       counted(pictures.size(), "picture"), brightest);
  if (darkest > kBright)
    return fmt::format("no pixel of {} that were looked at is darker than {} of 255: scaled to another range, or overexposed",
                       counted(pictures.size(), "picture"), darkest);
  return {};
}

// --- Another kind of pictures ---

struct Trait {
  const char* name;
  double PictureFigures::*figure;
};
constexpr std::array kTraits{Trait{"brightness", &PictureFigures::brightness}, Trait{"contrast", &PictureFigures::contrast},
                             Trait{"red less blue", &PictureFigures::red_over_blue},
                             Trait{"colourfulness", &PictureFigures::colourfulness}};

struct Spread {
  double mean = 0, variance = 0;
};

Spread spread_of(const std::vector<PictureFigures>& pictures, const Trait& trait) {
  Spread spread;
  for (const PictureFigures& picture : pictures) spread.mean += picture.*trait.figure / static_cast<double>(pictures.size());
  for (const PictureFigures& picture : pictures)
    spread.variance += std::pow(picture.*trait.figure - spread.mean, 2) / static_cast<double>(pictures.size());
  return spread;
}

std::string unlike_remark(const std::vector<PictureFigures>& pictures, const std::vector<PictureFigures>& measured) {
  constexpr double kFar = 1.25;  // of the pictures' deviations: as far as chance does not bring 16 pictures of one kind from 24
  constexpr double kLeastDeviation = 2;
  constexpr std::size_t kFewest = 8;  // of either
  if (pictures.size() < kFewest || measured.size() < kFewest) return {};
  for (const Trait& trait : kTraits) {
    const Spread ours = spread_of(pictures, trait), theirs = spread_of(measured, trait);
    const double deviation = std::max(kLeastDeviation, std::sqrt((ours.variance + theirs.variance) / 2));
    if (std::fabs(ours.mean - theirs.mean) > kFar * deviation)
      return fmt::format("unlike the pictures that accuracy is measured on: {} is {:.0f} here and {:.0f} there, in steps of 255",
                         trait.name, ours.mean, theirs.mean);
  }
  return {};
}

}  // namespace

PictureFigures figures_of(const Image& image) {
  constexpr std::size_t kApart = 7;  // of so many pixels one is looked at
  const auto bytes = image.bytes();
  PictureFigures figures;
  figures.is_blank = shows_nothing(image);
  double sum = 0, squares = 0, blue = 0, red = 0, colour = 0;
  std::size_t pixels = 0;
  for (std::size_t i = 0; i + Image::kChannels <= bytes.size(); i += kApart * Image::kChannels, ++pixels) {
    const int b = bytes[i], g = bytes[i + 1], r = bytes[i + 2];
    const auto [least, greatest] = std::minmax({b, g, r});
    const double mean = (b + g + r) / 3.0;
    sum += mean;
    squares += mean * mean;
    blue += b;
    red += r;
    colour += greatest - least;
    figures.darkest = std::min(figures.darkest, least);
    figures.brightest = std::max(figures.brightest, greatest);
  }
  const auto count = static_cast<double>(pixels);
  figures.brightness = sum / count;
  figures.contrast = std::sqrt(std::max(0.0, squares / count - figures.brightness * figures.brightness));
  figures.red_over_blue = (red - blue) / count;
  figures.colourfulness = colour / count;
  return figures;
}

std::vector<ImageEntry> spread_entries(const ImageList& images, std::size_t most) {
  std::vector<ImageEntry> chosen;
  const std::size_t count = std::min(most, images.size());
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(images[i * images.size() / count]);
  return chosen;
}

std::vector<std::string> calibration_remarks(const Dataset& dataset, int threads) {
  constexpr std::size_t kFew = 10, kDecoded = 24, kCompared = 16;
  const std::string place = dataset.image_folder.string();
  std::vector<std::string> lines;
  const std::size_t count = dataset.images.size();
  if (count < kFew)
    lines.push_back(fmt::format("{}: only {} to calibrate with; the ranges of so few may not hold for others, a hundred or more are usual",
                                place, counted(count, "picture")));
  const Looked looked = look_at(dataset.images, dataset.decode, kDecoded, threads);
  const std::vector<PictureFigures>& figures = looked.figures;
  const auto blank = std::ranges::count_if(figures, &PictureFigures::is_blank);
  if (blank > 0)
    lines.push_back(fmt::format("{}: {} all of one colour, black or blank: nothing can be learnt of that", place,
                                share_of(blank, figures.size(), "pictures to calibrate with", "is", "are")));
  else if (figures.size() > 1 && are_one_picture(looked, dataset.decode))
    lines.push_back(fmt::format("{}: the pictures to calibrate with are all the same picture", place));
  if (const std::string remark = scale_remark(figures); !remark.empty()) lines.push_back(place + ": " + remark);
  if (const auto measured = list_pictures(dataset.measured_folder); !dataset.measured_folder.empty() && measured.ok()) {
    ImageList others;
    for (const std::filesystem::path& name : measured->pictures) others.push_back({.path = (dataset.measured_folder / name).string()});
    const std::string remark = unlike_remark(figures, look_at(others, dataset.decode, kCompared, threads).figures);
    if (!remark.empty()) lines.push_back(place + ": the pictures to calibrate with are " + remark);
  }
  return lines;
}

}  // namespace octet
