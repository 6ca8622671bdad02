#include "steps/calibration_parts.h"

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

class CalibrationJournalTest : public testing::Test {
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
  Result<std::unique_ptr<CalibrationJournal>> open(const Share& share = {}) {
    return CalibrationJournal::open(folder_.path(), setup_of_share(share), {});
  }
  fs::path file() const { return folder_.path() / "quantize-1-of-1.octetjournal"; }

  ScratchFolder folder_;
};

std::vector<Share> blocks_of(CalibrationJournal& journal) {
  std::vector<Share> blocks;
  for (auto block = *journal.next(kImages); block; block = *journal.next(kImages)) blocks.push_back(*block);
  return blocks;
}

TEST_F(CalibrationJournalTest, GivesEachImageOfAShareOnce) {
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

TEST_F(CalibrationJournalTest, KnowsWholeBlocksThatWereKept) {
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
TEST_F(CalibrationJournalTest, GoesOnWhereItWasCut) {
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

TEST_F(CalibrationJournalTest, RefusesRecordsOfSomethingElse) {
  PartWriter writer;
  const std::string head = writer.begin(setup_of_share({}));
  std::ofstream(file(), std::ios::binary) << head << writer.record("Bshort");
  const auto journal = open();
  ASSERT_FALSE(journal.ok());
  EXPECT_EQ(journal.error().code, ErrorCode::kMalformed);
  EXPECT_NE(journal.error().message.find("holds another record than a block of a calibration"), std::string::npos);
}

}  // namespace
}  // namespace octet
