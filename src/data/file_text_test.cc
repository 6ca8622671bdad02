#include "data/file_text.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <string>

#include "base/scratch_folder.h"
#include "data/coco_json.h"

namespace octet {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + 15, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// With a checksum, as the program zstd writes it.
std::string zstandard(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t size = ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size());
  ZSTD_freeCCtx(context);
  EXPECT_FALSE(ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

// Larger than the first piece of memory that is taken for it.
std::string long_text() {
  std::string text;
  for (std::uint64_t i = 0; i < 400'000; ++i) text += std::to_string(i * 7919 % 100'003) + " ";
  return text;
}

std::string text_of(const std::string& bytes) {
  const ScratchFolder folder;
  const auto file = FileText::open(folder.write("file", bytes));
  return file.ok() ? std::string(file->text()) : "error: " + file.error().message.substr(folder.path().string().size());
}

TEST(FileText, IsTheSamePackedOrNot) {
  for (const std::string& text : {std::string(), std::string("[]"), long_text()}) {
    EXPECT_EQ(text_of(text), text);
    EXPECT_EQ(text_of(gzipped(text)), text);
    EXPECT_EQ(text_of(zstandard(text)), text);
  }
}

TEST(FileText, TakesSeveralMembersOfAFile) {
  EXPECT_EQ(text_of(gzipped("a") + gzipped("") + gzipped("b")), "ab");
  EXPECT_EQ(text_of(zstandard("a") + zstandard("b")), "ab");
}

TEST(FileText, RefusesAFileCutAnywhere) {
  for (const std::string& packed : {gzipped("[1, 2, 3]"), zstandard("[1, 2, 3]")})
    for (std::size_t size = 4; size < packed.size(); ++size) EXPECT_TRUE(text_of(packed.substr(0, size)).starts_with("error: ")) << size;
  EXPECT_EQ(text_of(gzipped("[1, 2, 3]").substr(0, 20)), "error: /file: is packed by gzip and cut off");
  EXPECT_EQ(text_of(zstandard("[1, 2, 3]").substr(0, 12)), "error: /file: is packed by Zstandard and cut off");
}

TEST(FileText, RefusesContentThatIsNotWhatWasPacked) {
  std::string packed = gzipped("[1, 2, 3]");
  packed[packed.size() - 6] ^= 1;  // of the sum
  EXPECT_EQ(text_of(packed), "error: /file: is packed by gzip and damaged: incorrect data check");
  packed = zstandard("[1, 2, 3]");
  packed.back() ^= 1;
  EXPECT_TRUE(text_of(packed).starts_with("error: /file: is packed by Zstandard and damaged: ")) << text_of(packed);
}

TEST(FileText, RefusesWhatFollowsTheEnd) {
  EXPECT_EQ(text_of(gzipped("[]") + "more"), "error: /file: is packed by gzip and damaged: something else follows its end");
  EXPECT_TRUE(text_of(zstandard("[]") + "more").starts_with("error: "));
}

TEST(FileText, RefusesBombs) {
  const std::string zeros(std::size_t{1} << 25, '0');
  EXPECT_TRUE(text_of(gzipped(zeros)).starts_with("error: /file: is packed by gzip and has more than 16777216 bytes unpacked"));
  EXPECT_TRUE(text_of(zstandard(zeros)).starts_with("error: /file: is packed by Zstandard and has more than 16777216 bytes unpacked"));
}

TEST(ReadCoco, TakesPackedFiles) {
  const ScratchFolder folder;
  const auto results = read_coco_results(
      folder.write("r.json.gz", gzipped(R"([{"image_id": 5, "category_id": 1, "bbox": [0, 1, 2, 3], "score": 0.5}])")), 2);
  ASSERT_TRUE(results.ok()) << results.error().message;
  EXPECT_EQ(results->at(0).image_id, 5);
  const auto truth =
      read_coco_annotations(folder.write("gt.json.zst", zstandard(R"({"images": [{"id": 5}], "categories": [], "annotations": []})")));
  ASSERT_TRUE(truth.ok()) << truth.error().message;
  EXPECT_EQ(truth->images[0].id, 5);
}

}  // namespace
}  // namespace octet
