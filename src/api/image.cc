#include "api/image.h"

#include <algorithm>

#include <fmt/format.h>

#include "image/decode.h"
#include "image/draw.h"
#include "image/encode.h"

namespace octet::v1 {
namespace {

void check(const ImageView& view, std::size_t row_bytes) {
  if (view.width < 1 || view.height < 1 || std::int64_t{view.width} * view.height > kMaxPixels)
    throw Error(ErrorKind::kInvalidArgument,
                fmt::format("an image of {}x{} pixels; at least 1 and at most {} in all", view.width, view.height, kMaxPixels));
  const std::size_t pixel_bytes = std::size_t{3} * static_cast<std::size_t>(view.width);
  const std::size_t rows_before_last = static_cast<std::size_t>(view.height) - 1;
  const bool fits =
      row_bytes >= pixel_bytes && view.bgr.size() >= pixel_bytes && (view.bgr.size() - pixel_bytes) / row_bytes >= rows_before_last;
  if (!fits)
    throw Error(ErrorKind::kInvalidArgument, fmt::format("an image of {}x{} BGR pixels in rows of {} bytes does not fit in {} bytes",
                                                         view.width, view.height, row_bytes, view.bgr.size()));
}

Image public_image(const octet::Image& image) { return {image.width(), image.height(), {image.bytes().begin(), image.bytes().end()}}; }

}  // namespace

PixelView pixels_of(const ImageView& view) {
  const std::size_t row_bytes = view.row_bytes != 0 ? view.row_bytes : std::size_t{3} * static_cast<std::size_t>(std::max(view.width, 0));
  check(view, row_bytes);
  return {view.bgr.data(), {view.width, view.height}, row_bytes};
}

octet::Image internal_image(const ImageView& view) {
  const PixelView pixels = pixels_of(view);
  octet::Image copy(pixels.size());
  for (int y = 0; y < copy.height(); ++y) std::copy_n(pixels.row(y), copy.row_bytes(), copy.row(y));
  return copy;
}

Image copy_of(const ImageView& view) { return public_image(internal_image(view)); }

Image read_image(const std::filesystem::path& path, const ReadOptions& options) try {
  return public_image(unwrap(octet::read_image(path, {.apply_exif = options.exif})));
} catch (...) {
  rethrow_as_error();
}

void write_image(const std::filesystem::path& path, const Image& image) try {
  unwrap(octet::write_image(path, internal_image(image)));
} catch (...) {
  rethrow_as_error();
}

void draw(Image& image, std::span<const Detection> detections) try {
  octet::Image canvas = internal_image(image);
  std::vector<LabelledBox> boxes;
  for (const Detection& found : detections)
    boxes.push_back(
        {found.x0, found.y0, found.x1, found.y1, fmt::format("{} {:.2f}", found.label, found.score), class_colour(found.class_index)});
  draw_boxes(canvas, boxes);
  image = public_image(canvas);
} catch (...) {
  rethrow_as_error();
}

}  // namespace octet::v1
