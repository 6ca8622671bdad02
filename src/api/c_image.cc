#include "api/c_interface.h"
#include "api/image.h"

using namespace octet::v1;

namespace octet::v1 {

ImageView view_of(const octet_image_view* pixels) {
  require(pixels, "pixels");
  require(pixels->bgr, "pixels->bgr");
  return {{pixels->bgr, pixels->bytes}, pixels->width, pixels->height, pixels->row_bytes};
}

}  // namespace octet::v1

octet_status octet_read_image(const char* path, octet_image** image) {
  return make_handle(image, [&] {
    require(path, "path");
    return octet_image{read_image(path)};
  });
}

octet_status octet_read_upright_image(const char* path, octet_image** image) {
  return make_handle(image, [&] {
    require(path, "path");
    return octet_image{read_image(path, {.exif = true})};
  });
}

octet_status octet_copy_image(const octet_image_view* pixels, octet_image** image) {
  return make_handle(image, [&] { return octet_image{copy_of(view_of(pixels))}; });
}

octet_image_view octet_image_pixels(const octet_image* image) {
  if (!image) return {};
  const Image& pixels = image->image;
  return {pixels.bgr.data(), pixels.bgr.size(), pixels.width, pixels.height, std::size_t{3} * static_cast<std::size_t>(pixels.width)};
}

octet_status octet_write_image(const octet_image* image, const char* path) {
  return guarded([&] {
    require(image, "image");
    require(path, "path");
    write_image(path, image->image);
  });
}

octet_status octet_draw(octet_image* image, const octet_detection* detections, size_t count) {
  return guarded([&] {
    require(image, "image");
    if (count > 0) require(detections, "detections");
    std::vector<Detection> boxes;
    for (const octet_detection& found : std::span(detections, count)) {
      require(found.label, "label of a detection");
      boxes.push_back({found.label, found.class_index, found.score, found.x0, found.y0, found.x1, found.y1});
    }
    draw(image->image, boxes);
  });
}

void octet_image_free(octet_image* image) { delete image; }
