#include "workflow/reproduce.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "image/encode.h"
#include "record/record.h"
#include "workflow/quantization_record.h"
#include "workflow/quantize.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// A detector of two convolutions and four pictures, in folders side by side, and the INT8 model of them.
class Reproduce : public testing::Test {
 protected:
  void SetUp() override {
    tree_.write("models/tiny.cfg",
                "[net]\nwidth=32\nheight=32\nchannels=3\n"
                "[convolutional]\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=leaky\n"
                "[convolutional]\nfilters=18\nsize=1\nstride=1\npad=0\nactivation=linear\n"
                "[yolo]\nmask=0,1,2\nanchors=8,8, 16,16, 24,24\nclasses=1\nnum=3\n");
    tree_.write("models/tiny.weights", weights());
    for (int i = 0; i < 4; ++i) tree_.write("pictures/" + std::to_string(i) + ".png", picture(i));
    tree_.write("models/more.yml", "model_info: {confidence_threshold: 0.25}\n");
  }

  static std::string weights() {
    std::vector<float> values(8 + 8 * 3 * 9 + 18 + 18 * 8);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.01f * static_cast<float>(i % 17) - 0.08f;
    std::string bytes(20, '\0');
    bytes[4] = 2;  // version 0.2
    return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  }

  static std::string picture(int seed) {
    Image image(ImageSize{40, 30});
    for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>((i * 7 + 31 * seed) % 251);
    const auto file = encode_image("x.png", image);
    return {reinterpret_cast<const char*>(file->data()), file->size()};
  }

  // The record of a quantization in the tree.
  fs::path quantize(const WriteOptions& written = {}, ConvertOptions opening = {}) {
    const auto pictures = open_dataset({.images = {tree_.path() / "pictures"}});
    const auto made =
        quantize_ir(tree_.path() / "models/tiny.cfg", *pictures, tree_.path() / "out", {2, {}, {}}, {}, written, std::move(opening));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? made->record : fs::path();
  }

  Reproduction again(const fs::path& record, const ReproduceOptions& options = {}) {
    const auto done = reproduce(record, tree_.path() / "again", options);
    EXPECT_TRUE(done.ok()) << done.error().message;
    return done.ok() ? *done : Reproduction{};
  }

  void change_record(const fs::path& path, const std::function<void(QuantizationRecord&)>& change) {
    QuantizationRecord record = *read_record(path);
    change(record);
    ASSERT_TRUE(write_file(path, format_record(record)).ok());
  }

  static std::string text_of(const fs::path& path) { return *read_text(path); }

  ScratchFolder tree_;
};

TEST_F(Reproduce, MakesTheSameBytes) {
  const fs::path record = quantize({.precision = Precision::kFp16, .onnx = true});
  const Reproduction done = again(record);
  EXPECT_TRUE(done.differences.empty()) << done.differences.front();
  for (const char* extension : {".xml", ".bin", ".onnx"}) {
    const fs::path name = fs::path("public/tiny/FP16-INT8/tiny").concat(extension);
    EXPECT_EQ(text_of(tree_.path() / "again" / name), text_of(tree_.path() / "out" / name)) << extension;
  }
}

TEST_F(Reproduce, MakesTheSameBytesWhereAPageWasAskedFor) {
  const auto pictures = open_dataset({.images = {tree_.path() / "pictures"}});
  const auto made = quantize_ir(tree_.path() / "models/tiny.cfg", *pictures, tree_.path() / "out", {1, {}, {}}, {}, {}, {},
                                {.path = tree_.path() / "pages/why.html"});
  ASSERT_TRUE(made.ok()) << made.error().message;
  ASSERT_EQ(made->explanation.layers.size(), 2u);
  EXPECT_EQ(made->explanation.layers[0].node, "conv_0");
  EXPECT_NE(text_of(tree_.path() / "pages/why.html").find("data-name=\"conv_1\""), std::string::npos);
  EXPECT_TRUE(again(made->record).differences.empty());
}

TEST_F(Reproduce, TakesTheDescriptionThatWasGiven) {
  const fs::path description = tree_.path() / "models/more.yml";
  const auto opening = [&] { return ConvertOptions{.description = ZooModel{}, .description_word = description.string()}; };
  const fs::path record = quantize({}, opening());
  EXPECT_EQ(read_record(record)->sources.back().path, "../../../../models/more.yml");
  tree_.write("models/more.yml", "model_info: {confidence_threshold: 0.35}\n");
  const Reproduction done = again(record);
  ASSERT_EQ(done.differences.size(), 1u);
  EXPECT_EQ(done.differences[0], description.string() + ": has another content");
}

TEST_F(Reproduce, FindsATreeThatWasMovedAsAWhole) {
  const fs::path record = quantize().lexically_relative(tree_.path());
  const fs::path moved = tree_.path() / "elsewhere";
  fs::create_directory(moved);
  for (const char* part : {"models", "pictures", "out"}) fs::rename(tree_.path() / part, moved / part);
  EXPECT_TRUE(again(moved / record).differences.empty());
}

TEST_F(Reproduce, TakesWhatIsSaidOfWhereThingsAreNow) {
  const fs::path record = quantize();
  fs::rename(tree_.path() / "models", tree_.path() / "nets");
  fs::rename(tree_.path() / "nets/tiny.cfg", tree_.path() / "nets/small.cfg");
  fs::rename(tree_.path() / "nets/tiny.weights", tree_.path() / "nets/small.weights");
  fs::rename(tree_.path() / "pictures", tree_.path() / "photographs");
  const Reproduction lost = again(record);
  EXPECT_EQ(lost.differences.size(), 6u);
  EXPECT_TRUE(lost.xml.empty());
  const Reproduction found = again(record, {.model = tree_.path() / "nets/small.cfg", .data = tree_.path() / "photographs"});
  EXPECT_EQ(found.xml.filename(), "small.xml");  // a Darknet network is named after its file
  EXPECT_EQ(found.differences.front(), "tiny.bin: was made then, and not now");
}

TEST_F(Reproduce, NamesEachFileThatDiffers) {
  const fs::path record = quantize();
  std::string changed = weights();
  changed[100] ^= 1;
  tree_.write("models/tiny.weights", changed);
  tree_.write("pictures/1.png", picture(9));
  fs::remove(tree_.path() / "pictures/2.png");
  const Reproduction done = again(record);
  ASSERT_EQ(done.differences.size(), 3u);
  EXPECT_EQ(done.differences[0], (tree_.path() / "models/tiny.weights").string() + ": has another content");
  EXPECT_TRUE(done.differences[1].starts_with((tree_.path() / "pictures/1.png").string() + ": has ")) << done.differences[1];
  EXPECT_EQ(done.differences[2], (tree_.path() / "pictures/2.png").string() + ": is missing");
  EXPECT_FALSE(fs::exists(tree_.path() / "again"));
}

TEST_F(Reproduce, NamesTheOutputThatDiffersAndWhatMayBeTheReason) {
  const fs::path record = quantize();
  change_record(record, [](QuantizationRecord& one) {
    one.version = "0.0.1";
    one.outputs[0].sha256 = std::string(64, '0');
  });
  const Reproduction done = again(record);
  ASSERT_EQ(done.differences.size(), 2u);
  EXPECT_EQ(done.differences[0], done.xml.parent_path().string() + "/tiny.bin: differs from the one that is recorded");
  EXPECT_TRUE(done.differences[1].starts_with("version of octet: was 0.0.1, is ")) << done.differences[1];
}

TEST_F(Reproduce, IsNoMatterOfTheVersionWhereTheBytesAreTheSame) {
  const fs::path record = quantize();
  change_record(record, [](QuantizationRecord& one) { one.version = "0.0.1"; });
  EXPECT_TRUE(again(record).differences.empty());
}

TEST_F(Reproduce, RefusesAnOptionThatItDoesNotKnow) {
  const fs::path record = quantize();
  change_record(record, [](QuantizationRecord& one) { one.options["target"] = "toaster"; });
  const auto done = reproduce(record, tree_.path() / "again", {});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(done.error().message, record.string() + ": option 'target' is 'toaster', which this octet does not know");
}

TEST_F(Reproduce, IsWarnedOfPicturesThatRepeatOthers) {
  tree_.write("pictures/copy.png", picture(2));
  std::string warned;
  const auto pictures = open_dataset({.images = {tree_.path() / "pictures"}});
  const auto warn = [&](std::string_view line) { warned += std::string(line) + "\n"; };
  ASSERT_TRUE(quantize_ir(tree_.path() / "models/tiny.cfg", *pictures, tree_.path() / "out", {1, {}, warn}).ok());
  EXPECT_NE(warned.find("1 of 5 pictures to calibrate with repeats another, byte by byte, which counts again: copy.png (as 2.png)"),
            std::string::npos)
      << warned;
}

TEST(QuantizationChoices, ComeBackFromTheirWords) {
  QuantizationChoices choices{{}, {Recipe::Kind::kPlain, true, 97.25, 0.5}, {Precision::kFp16, true}, {.apply_exif = true}};
  choices.calibration.pair_safe = true;
  choices.calibration.preset = quant::Preset::kPerformance;
  QuantizationChoices read;
  ASSERT_TRUE(take_words(words_of(choices), read).ok());
  EXPECT_EQ(words_of(read), words_of(choices));
  EXPECT_NE(words_of(read), words_of({}));
}

}  // namespace
}  // namespace octet
