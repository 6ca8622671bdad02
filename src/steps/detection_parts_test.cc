#include "steps/detection_parts.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kImages = 7;

PartSetup setup_of_share(const Share& share, const std::string& limit = "7") {
  return {"0.1.0", "avx2", "check", share, {{"--limit", {limit}}}, {}, {}, kImages, std::string(64, 'a')};
}

FoundBounds bounds() { return {kImages, {3, 3}}; }

Detection detection(std::size_t model, std::size_t image) {
  const auto side = static_cast<float>(image + 1);
  return {static_cast<int>(image % 3), model == 0 ? 0.5F : 0.25F, {0, 0, side, side}};
}

// What one process finds of its share: nothing in image 3, which cannot be read.
std::vector<DetectionRun> runs_of_share(const Share& share) {
  std::vector<DetectionRun> runs(2);
  for (std::size_t model = 0; model < runs.size(); ++model) {
    runs[model].detections = DetectionLists(kImages);
    runs[model].done.resize(kImages);
    runs[model].seconds = static_cast<double>(share.index + 1);
    for (std::size_t image = 0; image < kImages; ++image) {
      if (!share.owns(image) || image == 3) continue;
      runs[model].done[image] = true;
      runs[model].detections.set(image, {detection(model, image)});
    }
  }
  return runs;
}

std::string part_of_share(const Share& share) {
  std::string bytes;
  const auto append = [&bytes](std::span<const std::byte> some) -> Status {
    bytes.append(reinterpret_cast<const char*>(some.data()), some.size());
    return {};
  };
  EXPECT_TRUE(write_part_of_runs(setup_of_share(share), runs_of_share(share), 0, append).ok());
  return bytes;
}

std::vector<Part> parts_in(std::size_t count) {
  std::vector<Part> parts;
  for (std::size_t index = 0; index < count; ++index) parts.push_back(*parse_part(part_of_share({index, count}), "p"));
  return parts;
}

TEST(DetectionParts, GiveTheRunsOfOneProcess) {
  for (const std::size_t count : {1U, 2U, 3U, 9U}) {
    const auto runs = runs_of_parts(parts_in(count), bounds());
    ASSERT_TRUE(runs.ok()) << runs.error().message;
    const std::vector<DetectionRun> expected = runs_of_share({});
    for (std::size_t model = 0; model < 2; ++model) {
      EXPECT_EQ((*runs)[model].done, expected[model].done);
      EXPECT_EQ((*runs)[model].images, static_cast<std::int64_t>(kImages) - 1);
      for (std::size_t image = 0; image < kImages; ++image)
        EXPECT_EQ((*runs)[model].detections[image].size(), expected[model].detections[image].size());
    }
    EXPECT_EQ((*runs)[0].seconds, static_cast<double>(count));
  }
}

TEST(DetectionParts, RefusePicturesThatAreMissingDoubledOrOfOthers) {
  const auto refused = [](const std::vector<FoundInPicture>& records) {
    PartWriter writer;
    std::string bytes = writer.begin(setup_of_share({1, 3}));
    for (const FoundInPicture& record : records) bytes += writer.record(encode_found(record));
    std::vector<Part> parts = parts_in(3);
    parts[1] = *parse_part(bytes + writer.end(0), "p");
    const auto runs = runs_of_parts(parts, bounds());
    return !runs.ok() && runs.error().code == ErrorCode::kMalformed && runs.error().message.starts_with("p: ");
  };
  EXPECT_FALSE(refused({{0, 1, true, {}}, {0, 4, true, {}}, {1, 4, true, {}}, {1, 1, false, {}}}));
  EXPECT_TRUE(refused({{0, 1, true, {}}, {0, 4, true, {}}, {1, 4, true, {}}}));
  EXPECT_TRUE(refused({{0, 1, true, {}}, {0, 4, true, {}}, {1, 4, true, {}}, {1, 4, true, {}}}));
  EXPECT_TRUE(refused({{0, 1, true, {}}, {0, 4, true, {}}, {1, 4, true, {}}, {1, 2, true, {}}}));
  EXPECT_TRUE(refused({{0, 1, true, {}}, {0, 4, true, {}}, {1, 4, true, {}}, {2, 1, true, {}}}));
}

class DetectionJournalTest : public testing::Test {
 protected:
  Result<std::unique_ptr<DetectionJournal>> open(const std::string& limit = "7") {
    return DetectionJournal::open(folder_.path() / "deep" / "state", setup_of_share({}, limit), bounds(),
                                  [this](std::string_view warning) { warnings_ += warning; });
  }
  fs::path file() const { return folder_.path() / "deep" / "state" / "check-1-of-1.octetjournal"; }

  ScratchFolder folder_;
  std::string warnings_;
};

TEST_F(DetectionJournalTest, KnowsWhatWasKept) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    EXPECT_FALSE((*journal)->known(0, 2));
    ASSERT_TRUE((*journal)->keep(0, 2, {detection(0, 2)}).ok());
    ASSERT_TRUE((*journal)->keep(1, 2, {}).ok());
    ASSERT_TRUE((*journal)->keep(0, 5, {detection(0, 5)}).ok());
  }
  const auto journal = open();
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  EXPECT_EQ((*journal)->resumed_images(), 2);
  ASSERT_TRUE((*journal)->known(0, 5));
  EXPECT_EQ((*journal)->known(0, 5)->at(0).box_px, detection(0, 5).box_px);
  EXPECT_TRUE((*journal)->known(1, 2)->empty());
  EXPECT_FALSE((*journal)->known(1, 5));
}

// Wherever a kill cut it off: what is whole before is known, and the journal goes on behind it.
TEST_F(DetectionJournalTest, GoesOnWhereItWasCut) {
  for (std::size_t image = 0; image < 3; ++image) ASSERT_TRUE((*open())->keep(0, image, {detection(0, image)}).ok());
  const std::string whole = *read_text(file());
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    std::ofstream(file(), std::ios::binary) << whole.substr(0, size);
    warnings_.clear();
    auto journal = open();
    ASSERT_TRUE(journal.ok()) << size << ": " << journal.error().message;
    const std::int64_t known = (*journal)->resumed_images();
    EXPECT_EQ(known == 3, size == whole.size()) << size;
    ASSERT_TRUE((*journal)->keep(1, 6, {detection(1, 6)}).ok());
    journal->reset();
    const auto again = open();
    ASSERT_TRUE(again.ok()) << size << ": " << again.error().message;
    EXPECT_EQ((*again)->resumed_images(), known + 1) << size;
    EXPECT_TRUE((*again)->known(1, 6));
  }
}

TEST_F(DetectionJournalTest, RefusesOtherWorkAndASecondProcess) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal.ok());
    EXPECT_EQ(open().error().code, ErrorCode::kIo);
  }
  const auto other = open("6");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kMalformed);
  EXPECT_NE(other.error().message.find("has --limit '7' for '6'"), std::string::npos) << other.error().message;
  std::ofstream(file()) << "a diary";
  EXPECT_EQ(open().error().code, ErrorCode::kMalformed);
  EXPECT_EQ(*read_text(file()), "a diary");
}

}  // namespace
}  // namespace octet
