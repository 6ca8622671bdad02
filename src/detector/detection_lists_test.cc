#include "detector/detection_lists.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"

namespace octet {
namespace {

std::vector<Detection> detections(std::size_t image, std::size_t count) {
  std::vector<Detection> found;
  for (std::size_t i = 0; i < count; ++i)
    found.push_back({static_cast<int>(image), static_cast<float>(i), {0, 0, static_cast<float>(image), 1}});
  return found;
}

// More than stays in memory, in any order, some images twice.
DetectionLists many_lists(std::size_t images, std::size_t count) {
  DetectionLists lists(images);
  for (std::size_t image = images; image-- > 0;) {
    if (image % 3 == 0) lists.set(image, detections(image + 1, 2));
    lists.set(image, detections(image, count));
  }
  return lists;
}

void expect_lists(const DetectionLists& lists, std::size_t count) {
  for (std::size_t image = 0; image < lists.images(); ++image) {
    const auto found = lists[image];
    ASSERT_EQ(found.size(), count);
    ASSERT_EQ(lists.count(image), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(found[i].class_index, static_cast<int>(image));
      ASSERT_EQ(found[i].score, static_cast<float>(i));
    }
  }
}

constexpr std::size_t kImages = 700, kCount = 1000;  // 17 MB

TEST(DetectionLists, GiveBackWhatWasFound) {
  const DetectionLists lists = many_lists(kImages, kCount);
  expect_lists(lists, kCount);
  EXPECT_TRUE(DetectionLists(3)[2].empty());
}

TEST(DetectionLists, LeaveNoFileBehind) {
  const ScratchFolder folder;
  ASSERT_EQ(::setenv("TMPDIR", folder.path().c_str(), 1), 0);
  const DetectionLists lists = many_lists(kImages, kCount);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  expect_lists(lists, kCount);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

TEST(DetectionLists, StayInMemoryWhereNoFileCanBeMade) {
  ASSERT_EQ(::setenv("TMPDIR", "/nowhere", 1), 0);
  expect_lists(many_lists(kImages, kCount), kCount);
  ASSERT_EQ(::unsetenv("TMPDIR"), 0);
}

}  // namespace
}  // namespace octet
