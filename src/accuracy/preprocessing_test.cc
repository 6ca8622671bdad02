#include "accuracy/preprocessing.h"

#include <gtest/gtest.h>

#include <map>

#include "image/resize.h"

namespace octet::accuracy {
namespace {

Image gradient(int width, int height) {
  Image image({width, height});
  for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>(i * 7 % 251);
  return image;
}

Result<PreparedPicture> prepared(const char* steps, const Image& image, ImageSize network, const char* reader = "opencv_imread") {
  const auto preprocessing = make_preprocessing(YAML::Load(reader), YAML::Load(steps), network);
  if (!preprocessing.ok()) return preprocessing.error();
  return prepare_picture(*preprocessing, image, network);
}

std::string error_of(const char* steps) {
  const auto result = prepared(steps, gradient(8, 8), {8, 8});
  return result.ok() ? "" : result.error().message;
}

// What Python's int() and numpy.round() make of upstream's formulas, for a picture of 640x427 and a target of 400x300.
TEST(AspectRatio, GivesUpstreamsSizes) {
  const std::map<std::string_view, ImageSize> expected{{"width", {599, 300}},
                                                       {"height", {400, 200}},
                                                       {"greater", {599, 300}},
                                                       {"fit_to_window", {400, 266}},
                                                       {"frcnn_keep_aspect_ratio", {400, 266}},
                                                       {"ctpn_keep_aspect_ratio", {400, 267}},
                                                       {"east_keep_aspect_ratio", {32, 32}},
                                                       {"min_ratio", {449, 300}},
                                                       {"mask_rcnn_benchmark_aspect_ratio", {449, 300}}};
  for (const AspectRatioScale& scale : aspect_ratio_scales()) {
    ASSERT_TRUE(expected.contains(scale.name)) << scale.name;
    EXPECT_EQ(scale.size({400, 300}, {640, 427}), expected.at(scale.name)) << scale.name;
  }
}

TEST(Preprocessing, ResizesAsOpenCvDoesAndKeepsBytes) {
  const Image image = gradient(13, 9);
  const auto result = prepared("[{type: resize, size: 6}]", image, {6, 6});
  ASSERT_TRUE(result.ok()) << result.error().message;
  std::vector<std::uint8_t> expected(6 * 6 * 3);
  resize_to_bytes(image, ResizeKind::kStretch, {6, 6}, expected);
  ASSERT_EQ(result->pixels.depth(), CV_8U);
  EXPECT_EQ(std::vector<std::uint8_t>(result->pixels.data, result->pixels.data + expected.size()), expected);
  EXPECT_EQ(result->frame.source, (ImageSize{13, 9}));
}

TEST(Preprocessing, ReadsInterpolationsInAnyCase) {
  const Image image = gradient(13, 9);
  const auto lower = prepared("[{type: resize, size: 6, interpolation: nearest}]", image, {6, 6});
  const auto upper = prepared("[{type: resize, size: 6, interpolation: NEAREST}]", image, {6, 6});
  ASSERT_TRUE(lower.ok()) << lower.error().message;
  ASSERT_TRUE(upper.ok()) << upper.error().message;
  EXPECT_EQ(cv::norm(lower->pixels, upper->pixels, cv::NORM_INF), 0);
  EXPECT_NE(error_of("[{type: resize, size: 8, interpolation: bits}]").find("is 'bits', which octet lacks (LINEAR"), std::string::npos);
}

TEST(Preprocessing, PadsWhereItIsTold) {
  const Image image = gradient(8, 4);
  const auto result = prepared(
      "[{type: resize, size: 8, aspect_ratio_scale: fit_to_window}, {type: padding, pad_type: right_bottom, pad_value: '1, 2, 3'}]", image,
      {8, 8});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->pixels.at<cv::Vec3b>(5, 0), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(result->frame.paddings.at(0).bottom, 4);
  EXPECT_EQ(result->frame.resized, (ImageSize{8, 4}));
  const auto centred = prepared("[{type: padding, size: 9}]", image, {9, 9});
  ASSERT_TRUE(centred.ok()) << centred.error().message;
  const Frame::Padding& padding = centred->frame.paddings.at(0);
  EXPECT_EQ((std::array{padding.top, padding.left, padding.bottom, padding.right}), (std::array{2, 0, 3, 1}));
}

TEST(Preprocessing, NormalizesAndSwapsInTheOrderOfTheList) {
  Image image({1, 1});
  image.bytes()[0] = 10, image.bytes()[1] = 20, image.bytes()[2] = 30;
  const auto result = prepared("[{type: bgr_to_rgb}, {type: normalization, mean: [1, 2, 3], std: 2}]", image, {1, 1});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->pixels.at<cv::Vec3d>(0, 0), cv::Vec3d(14.5, 9, 3.5));
  const auto rgb = prepared("[]", image, {1, 1}, "pillow_imread");
  ASSERT_TRUE(rgb.ok());
  EXPECT_EQ(rgb->pixels.at<cv::Vec3b>(0, 0), cv::Vec3b(30, 20, 10));
}

TEST(Preprocessing, SaysWhetherBytesReachTheNetwork) {
  const auto bytes = [](const char* steps) { return make_preprocessing({}, YAML::Load(steps), {4, 4})->gives_bytes(); };
  EXPECT_TRUE(bytes("[{type: auto_resize}, {type: rgb_to_bgr}, {type: padding, size: 4, pad_value: 114}]"));
  EXPECT_FALSE(bytes("[{type: resize, size: 4}, {type: resize, size: 4}]"));
  EXPECT_FALSE(bytes("[{type: normalization, std: 255}]"));
  EXPECT_FALSE(bytes("[{type: padding, size: 4, pad_value: 0.5}]"));
}

TEST(Preprocessing, NamesWhatItLacks) {
  EXPECT_NE(error_of("[{type: odd_step}]").find("preprocessor 'odd_step'"), std::string::npos);
  EXPECT_NE(error_of("[{type: resize, size: 8, interpolation: MAX}]").find("'interpolation' is 'MAX'"), std::string::npos);
  EXPECT_NE(error_of("[{type: resize}]").find("'size' is missing"), std::string::npos);
  EXPECT_NE(error_of("[{type: resize, size: 8, use_tensorflow: True}]").find("use_tensorflow"), std::string::npos);
  EXPECT_NE(error_of("[{type: normalization, std: 0}]").find("'std' must not be 0"), std::string::npos);
  EXPECT_NE(error_of("[{type: resize, size: 7}]").find("makes a picture of 7x7"), std::string::npos);
  EXPECT_NE(error_of("{type: resize}").find("must be a list"), std::string::npos);
}

}  // namespace
}  // namespace octet::accuracy
