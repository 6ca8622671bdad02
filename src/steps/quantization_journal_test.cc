#include "steps/quantization_journal.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kImages = 20;

// Of one tensor with two channels, in as many images.
quant::CalibrationStatistics statistics_of(std::size_t images, float value) {
  quant::CalibrationStatistics statistics{std::string(64, 'a'), {}, {}};
  for (std::size_t i = 0; i < images; ++i) statistics.observers[Value{NodeId{3}, 0}].add({{-value, 0}, {value, 1}, {0, value}});
  return statistics;
}

class QuantizationJournalTest : public testing::Test {
 protected:
  static PartSetup setup_of_share(const Share& share) {
    PartSetup setup;
    setup.version = "0.1.0";
    setup.isa = "avx2";
    setup.verb = "quantize";
    setup.share = share;
    setup.pictures = kImages;
    setup.picture_names = std::string(64, 'b');
    return setup;
  }
  Result<std::unique_ptr<QuantizationJournal>> open(const Share& share = {}) {
    return QuantizationJournal::open(folder_.path(), setup_of_share(share), {});
  }
  fs::path file() const { return folder_.path() / "quantize-1-of-1.octetjournal"; }

  ScratchFolder folder_;
};

std::vector<Share> blocks_of(QuantizationJournal& journal) {
  std::vector<Share> blocks;
  for (auto block = *journal.next(kImages); block; block = *journal.next(kImages)) blocks.push_back(*block);
  return blocks;
}

TEST_F(QuantizationJournalTest, GivesEachImageOfAShareOnce) {
  for (const Share& share : {Share{0, 1}, Share{1, 2}}) {
    const auto journal = open(share);
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    const std::vector<Share> blocks = blocks_of(**journal);
    for (std::size_t image = 0; image < kImages; ++image) {
      const auto owners = std::ranges::count_if(blocks, [&](const Share& block) { return block.owns(image); });
      EXPECT_EQ(owners, share.owns(image) ? 1 : 0) << image;
    }
    EXPECT_EQ(blocks.size(), share.is_whole() ? 2u : 1u);
  }
}

TEST_F(QuantizationJournalTest, KnowsWholeBlocksThatWereKept) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    const std::vector<Share> blocks = blocks_of(**journal);
    ASSERT_TRUE((*journal)->keep(blocks[0], statistics_of(10, 5)).ok());
    ASSERT_TRUE((*journal)->keep(blocks[1], statistics_of(9, 7)).ok());  // one image could not be used
  }
  const auto journal = open();
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  EXPECT_EQ((*journal)->resumed_images(), 19);
  const std::vector<Share> blocks = blocks_of(**journal);
  const auto* known = (*journal)->known(blocks[0]);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(quant::encode_statistics(*known), quant::encode_statistics(statistics_of(10, 5)));
  EXPECT_EQ((*journal)->known(blocks[1]), nullptr);
}

// Wherever a kill cut it off.
TEST_F(QuantizationJournalTest, GoesOnWhereItWasCut) {
  {
    const auto journal = open();
    ASSERT_TRUE((*journal)->keep({0, 2}, statistics_of(10, 5)).ok());
  }
  const std::string whole = *read_text(file());
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    std::ofstream(file(), std::ios::binary) << whole.substr(0, size);
    const auto journal = open();
    ASSERT_TRUE(journal.ok()) << size << ": " << journal.error().message;
    EXPECT_EQ((*journal)->resumed_images(), size == whole.size() ? 10 : 0) << size;
  }
}

TEST_F(QuantizationJournalTest, RefusesRecordsOfSomethingElse) {
  PartWriter writer;
  const std::string head = writer.begin(setup_of_share({}));
  std::ofstream(file(), std::ios::binary) << head << writer.record("Bshort");
  const auto journal = open();
  ASSERT_FALSE(journal.ok());
  EXPECT_EQ(journal.error().code, ErrorCode::kMalformed);
  EXPECT_NE(journal.error().message.find("holds a block of a calibration that is none"), std::string::npos);
}

TEST_F(QuantizationJournalTest, KnowsTheTrialsAndStepsOfItsSearch) {
  {
    const auto journal = open();
    ASSERT_TRUE((*journal)->begin("of these ranges").ok());
    EXPECT_EQ((*journal)->resumed_trials(), 0);
    EXPECT_TRUE((*journal)->keep_trial(1, 7, 0.1).ok());
    EXPECT_TRUE((*journal)->keep_step({.wide_layers = 12, .fidelity = 97.1, .drop = {}}).ok());
    EXPECT_TRUE((*journal)->keep_step({.wide_layers = 30, .fidelity = 98.2, .drop = -0.3}).ok());
  }
  const auto journal = open();
  ASSERT_TRUE(journal.ok()) << journal.error().message;
  ASSERT_TRUE((*journal)->begin("of these ranges").ok());
  EXPECT_EQ((*journal)->resumed_trials(), 3);
  EXPECT_EQ((*journal)->known_trial(1, 7), 0.1);
  EXPECT_FALSE((*journal)->known_trial(7, 1));
  ASSERT_TRUE((*journal)->known_step(12));
  EXPECT_EQ((*journal)->known_step(12)->fidelity, 97.1);
  EXPECT_FALSE((*journal)->known_step(12)->drop);
  EXPECT_EQ((*journal)->known_step(30)->drop, -0.3);
  EXPECT_FALSE((*journal)->known_step(13));
}

TEST_F(QuantizationJournalTest, ForgetsTheSearchOfAnotherCalibration) {
  {
    const auto journal = open();
    ASSERT_TRUE((*journal)->begin("of these ranges").ok());
    EXPECT_TRUE((*journal)->keep_trial(1, 7, 0.1).ok());
  }
  for (const std::int64_t kept : {0, 1}) {
    const auto journal = open();
    ASSERT_TRUE(journal.ok()) << journal.error().message;
    ASSERT_TRUE((*journal)->begin("of others").ok());
    EXPECT_EQ((*journal)->resumed_trials(), kept);
    EXPECT_FALSE((*journal)->known_trial(1, 7));
    EXPECT_TRUE((*journal)->keep_trial(0, 0, 0.2).ok());
  }
}

TEST_F(QuantizationJournalTest, RefusesMeasurementsThatAreNone) {
  const std::string zeros(16, '\0'), no_number("\0\0\0\0\0\0\xf0\x7f", 8);
  for (const std::string& record : {"T" + zeros, "T" + zeros + no_number, "W" + zeros, "W" + no_number + no_number + zeros, "X" + zeros}) {
    PartWriter writer;
    const std::string head = writer.begin(setup_of_share({}));
    std::ofstream(file(), std::ios::binary) << head << writer.record(record);
    const auto journal = open();
    ASSERT_FALSE(journal.ok());
    EXPECT_EQ(journal.error().code, ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace octet
