#pragma once

#include <functional>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "accuracy/settings.h"
#include "base/image_size.h"
#include "base/result.h"
#include "image/image.h"

// The pictures of a configuration, from the file to the network's input.
namespace octet::accuracy {

// What happened to a picture on its way to the network, for those who bring the boxes back.
struct Frame {
  struct Padding {
    int top = 0, left = 0, bottom = 0, right = 0;
    ImageSize padded;
  };

  ImageSize source = {};            // of the picture in its file
  ImageSize resized = {};           // by the last resize; of the source where there was none
  ImageSize preferred = {};         // that a padding without a size fills: the larger of what a resize was asked for and what it gave
  ImageSize network = {};           // of the network's input
  double scale_x = 1, scale_y = 1;  // of the last resize
  int resizes = 0;
  std::vector<Padding> paddings = {};
};

// One step. It takes and gives pixels of 3 channels, bytes or floats of either precision; an error ends the evaluation. Safe from several
// threads.
struct Preprocessor {
  std::function<Result<cv::Mat>(const cv::Mat& pixels, Frame& frame)> apply;
  bool keeps_bytes = true;  // bytes stay whole numbers of 0 to 255
  bool is_resize = false;
};

struct Preprocessing {
  bool reads_rgb = false;  // pillow_imread; else B, G, R, turned upright as opencv_imread does
  std::vector<Preprocessor> steps;

  // Whether what reaches the network are whole numbers of 0 to 255. A second resize works on floats.
  bool gives_bytes() const;
};

// `reader` may be undefined and `steps` absent. `network` is the size of the network's input. kUnsupported for a reader, a step or an
// option that octet lacks.
Result<Preprocessing> make_preprocessing(const YAML::Node& reader, const YAML::Node& steps, ImageSize network);

// The picture of a file as the network takes it, and its way there. kMalformed where it does not get the network's size.
struct PreparedPicture {
  cv::Mat pixels;
  Frame frame;
};
Result<PreparedPicture> prepare_picture(const Preprocessing& preprocessing, const Image& picture, ImageSize network);

// Width and height that a resize to `target` gives a picture for a kind of `aspect_ratio_scale`.
struct AspectRatioScale {
  std::string_view name;
  ImageSize (*size)(ImageSize target, ImageSize source);
};
std::span<const AspectRatioScale> aspect_ratio_scales();

}  // namespace octet::accuracy
