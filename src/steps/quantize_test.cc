#include "steps/quantize.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "data/embedded_demo.h"
#include "image/decode.h"
#include "image/encode.h"
#include "steps/import_source.h"
#include "steps/search_store.h"

namespace octet {
namespace {

// The embedded detector and a few of its photographs.
class QuantizeModel : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_embedded_demo(folder_.path() / "demo").ok());
    auto opened = import_source(folder_.path() / "demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg", {});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    graph_ = *std::move(opened);
  }

  Dataset photographs(DataUse use) const { return first_images(*open_dataset({.folder = folder_.path() / "demo/coco"}, use), 9); }

  Result<QuantizationResult> quantized(const Recipe& recipe, DataUse use, int threads = 2) {
    const auto warn = [this](std::string_view line) { warned_ += std::string(line) + "\n"; };
    return quantize_model(graph_, "demo.cfg", photographs(use), {threads, {}, warn}, recipe);
  }

  static std::set<std::string> in_float(const QuantizationResult& result) {
    std::set<std::string> names;
    for (const quant::QuantizedLayer& layer : result.model.layers)
      if (layer.bits != 8) names.insert(layer.node);
    return names;
  }

  ScratchFolder folder_;
  Graph graph_;
  std::string warned_;
};

TEST_F(QuantizeModel, LeavesTheSameLayersInFloatAtAnyNumberOfThreads) {
  const auto one = quantized({}, DataUse::kCalibrate, 1), three = quantized({}, DataUse::kCalibrate, 3);
  ASSERT_TRUE(one.ok()) << one.error().message;
  EXPECT_FALSE(in_float(*one).empty());
  EXPECT_EQ(in_float(*one), in_float(*three));
  EXPECT_LE(one->relative_latency, 1.05);
}

// Keeps what a search measured in memory, and ends it after some of that.
class StoreThatEnds : public SearchStore {
 public:
  explicit StoreThatEnds(std::size_t keeps) : left_(keeps) {}
  void go_on() { left_ = std::numeric_limits<std::size_t>::max(); }
  std::size_t kept() const { return kept_; }
  std::size_t refused() const { return refused_; }

  Status begin(const std::string& digest) override {
    digests_.insert(digest);
    EXPECT_EQ(digests_.size(), 1u) << "the search of the same model and pictures is another one";
    return {};
  }
  std::size_t trials() const override { return trials_.size(); }
  std::size_t steps() const override { return steps_.size(); }
  std::optional<double> known_trial(std::int64_t picture, std::size_t layer) const override {
    const auto found = trials_.find({picture, layer});
    return found == trials_.end() ? std::nullopt : std::optional(found->second);
  }
  Status keep_trial(std::int64_t picture, std::size_t layer, double error) override {
    return keep([&] { EXPECT_TRUE(trials_.try_emplace({picture, layer}, error).second) << "it was known"; });
  }
  std::optional<TradeoffStep> known_step(std::size_t wide_layers) const override {
    const auto found = steps_.find(wide_layers);
    return found == steps_.end() ? std::nullopt : std::optional(found->second);
  }
  Status keep_step(const TradeoffStep& step) override {
    return keep([&] { EXPECT_TRUE(steps_.try_emplace(step.wide_layers, step).second) << "it was known"; });
  }

 private:
  template <typename Keep>
  Status keep(Keep keep) {
    const std::lock_guard lock(mutex_);
    if (left_ == 0) {
      ++refused_;
      return Error{ErrorCode::kIo, "ended"};
    }
    keep();
    --left_;
    ++kept_;
    return {};
  }

  std::mutex mutex_;
  std::size_t left_, kept_ = 0, refused_ = 0;
  std::set<std::string> digests_;
  std::map<std::pair<std::int64_t, std::size_t>, double> trials_;
  std::map<std::size_t, TradeoffStep> steps_;
};

TEST_F(QuantizeModel, NeedsPicturesToJudgeAGoalBy) {
  const auto with = [&](std::int64_t pictures) {
    const auto warn = [this](std::string_view line) { warned_ += std::string(line) + "\n"; };
    return quantize_model(graph_, "demo.cfg", first_images(photographs(DataUse::kCalibrate), pictures), {2, {}, warn}, {.min_fidelity = 1});
  };
  const auto two = with(2);
  ASSERT_FALSE(two.ok());
  EXPECT_EQ(two.error().code, ErrorCode::kNotFound);
  EXPECT_NE(two.error().message.find("every third picture is held out to judge it by, and there are 2"), std::string::npos);
  EXPECT_TRUE(with(9).ok());
  EXPECT_NE(warned_.find("only 3 pictures to judge the model by"), std::string::npos) << warned_;
}

TEST_F(QuantizeModel, TriesNoLayerWhereIntegersReachTheGoal) {
  StoreThatEnds store(std::numeric_limits<std::size_t>::max());
  const auto found = quantized({.min_fidelity = 1, .store = &store}, DataUse::kCalibrate);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(store.kept(), 1u) << "what the model of integers has";
  EXPECT_TRUE(in_float(*found).empty());
  EXPECT_TRUE(found->decisions.empty());
  EXPECT_EQ(found->search->estimated_s, 0);
}

// Among its trials, and on its walk.
TEST_F(QuantizeModel, GoesOnWithASearchThatWasEnded) {
  StoreThatEnds all(std::numeric_limits<std::size_t>::max());
  const auto whole = quantized({.min_fidelity = 97, .store = &all}, DataUse::kCalibrate);
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  ASSERT_GT(whole->tradeoff.size(), 2u);
  for (const std::size_t keeps : {all.kept() / 2, all.kept() - 2}) {
    StoreThatEnds store(keeps);
    const auto ended = quantized({.min_fidelity = 97, .store = &store}, DataUse::kCalibrate);
    ASSERT_FALSE(ended.ok());
    EXPECT_EQ(ended.error().code, ErrorCode::kIo);
    EXPECT_LE(store.refused(), 2u) << "each thread tries no more than once behind a full disk";
    store.go_on();
    const auto resumed = quantized({.min_fidelity = 97, .store = &store}, DataUse::kCalibrate, 3);
    ASSERT_TRUE(resumed.ok()) << resumed.error().message;
    EXPECT_EQ(store.kept(), all.kept());
    EXPECT_EQ(in_float(*resumed), in_float(*whole));
    ASSERT_EQ(resumed->tradeoff.size(), whole->tradeoff.size());
    for (std::size_t i = 0; i < whole->tradeoff.size(); ++i) EXPECT_EQ(resumed->tradeoff[i].fidelity, whole->tradeoff[i].fidelity);
  }
}

// The photographs with red and blue exchanged.
TEST_F(QuantizeModel, NamesPicturesWhoseChannelsAreExchanged) {
  const auto warned_with = [&](bool exchanges) {
    Dataset pictures = first_images(*open_dataset({.folder = folder_.path() / "demo/coco"}, DataUse::kCalibrate), 12);
    change_rows(pictures.images, [&](ImageEntry& entry) {
      Image image = *read_image(entry.path, {});
      for (std::size_t i = 0; exchanges && i < image.bytes().size(); i += Image::kChannels)
        std::swap(image.bytes()[i], image.bytes()[i + 2]);
      const auto file = encode_image("x.png", image);
      entry.path = folder_
                       .write(std::filesystem::path(entry.path).stem().string() + ".png",
                              {reinterpret_cast<const char*>(file->data()), file->size()})
                       .string();
    });
    std::string warned;
    const auto warn = [&warned](std::string_view line) { warned += line; };
    EXPECT_TRUE(quantize_model(graph_, "demo.cfg", pictures, {2, {}, warn}, {.kind = Recipe::Kind::kPlain}).ok());
    return warned;
  };
  EXPECT_NE(warned_with(true).find("red and blue of the pictures to calibrate with seem to be exchanged"), std::string::npos);
  EXPECT_EQ(warned_with(false).find("exchanged"), std::string::npos);
}

TEST_F(QuantizeModel, MeasuresTheDropAgainstAnnotations) {
  const auto result = quantized({.max_drop = 100}, DataUse::kDetect);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_TRUE(result->goal.ok());
  ASSERT_EQ(result->tradeoff.size(), 1u);
  EXPECT_TRUE(result->tradeoff.front().chosen);
  for (const TradeoffStep& step : result->tradeoff) EXPECT_TRUE(step.drop);
  EXPECT_TRUE(in_float(*result).empty());
  EXPECT_EQ(warned_.find("is annotated"), std::string::npos) << warned_;
}

// 100 less the fidelity, so that nothing but the model in floats would lose nothing.
TEST_F(QuantizeModel, MeasuresTheDropAgainstTheModelInFloatsWithoutAnnotations) {
  const auto result = quantized({.max_drop = 100}, DataUse::kCalibrate);
  ASSERT_TRUE(result.ok()) << result.error().message;
  for (const TradeoffStep& step : result->tradeoff) EXPECT_FALSE(step.drop);
  EXPECT_NE(warned_.find("no object in the pictures that were held out is annotated"), std::string::npos) << warned_;
}

}  // namespace
}  // namespace octet
