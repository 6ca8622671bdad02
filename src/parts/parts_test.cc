#include <algorithm>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "parts/found.h"
#include "parts/part.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

PartSetup setup_of_share(std::size_t number, std::size_t count) {
  return {"0.1.0",
          "avx2",
          "check",
          {number - 1, count},
          {{"--limit", {"20"}}, {"--exif", {}}},
          {{"--data", {"/data/\"coco\""}}},
          {{"x.xml", 12, std::string(64, 'a')}},
          5,
          std::string(64, 'b')};
}

std::string bytes_of_share(std::size_t number, std::size_t count) {
  PartWriter writer;
  std::string bytes = writer.begin(setup_of_share(number, count));
  bytes += writer.record("Dsome");
  bytes += writer.record("D");
  return bytes += writer.end(1.5, 2);
}

Part part_of_share(std::size_t number, std::size_t count) {
  return *parse_part(bytes_of_share(number, count), "p" + std::to_string(number));
}

TEST(Part, IsReadAsItWasWritten) {
  const Part part = part_of_share(2, 3);
  EXPECT_EQ(part.setup, setup_of_share(2, 3));
  ASSERT_EQ(part.records.size(), 2U);
  EXPECT_EQ(part.records[0].size(), 5U);
  EXPECT_EQ(part.seconds, 1.5);
  EXPECT_EQ(part.resumed, 2U);
  EXPECT_EQ(part_name(part.setup, kPartExtension), "check-2-of-3.octetpart");
}

TEST(Part, RefusesBytesThatAreCutOrChanged) {
  const std::string whole = bytes_of_share(1, 2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto part = parse_part(whole.substr(0, size), "cut");
    ASSERT_FALSE(part.ok()) << size;
    EXPECT_EQ(part.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(is_beginning_of_part(std::as_bytes(std::span(whole).first(size))));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(parse_part(changed, "changed").ok()) << at;
  }
  EXPECT_FALSE(parse_part(whole + "x", "longer").ok());
  EXPECT_FALSE(is_beginning_of_part(std::as_bytes(std::span(std::string_view("SQLite format 3")))));
}

// A record is known by its number as well: none can be left out or change places.
TEST(Part, RefusesRecordsInAnotherOrder) {
  PartWriter writer;
  const std::string begin = writer.begin(setup_of_share(1, 1)), first = writer.record("Da"), second = writer.record("Db"),
                    end = writer.end(0);
  EXPECT_TRUE(parse_part(begin + first + second + end, "p").ok());
  EXPECT_FALSE(parse_part(begin + second + first + end, "p").ok());
  EXPECT_FALSE(parse_part(begin + first + end, "p").ok());
  EXPECT_FALSE(parse_part(begin + first + first + second + end, "p").ok());
}

TEST(Part, ReadsWhatIsWholeOfAJournal) {
  const std::string whole = bytes_of_share(1, 1);
  const std::string torn = whole.substr(0, whole.size() - 50);
  PartReader reader(std::as_bytes(std::span(torn)));
  EXPECT_TRUE(reader.next());
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.records(), 2U);
  EXPECT_LT(reader.position(), torn.size());
}

TEST(Setup, RefusesWhatItWouldNotWrite) {
  const std::string good = format_setup(setup_of_share(1, 2));
  EXPECT_EQ(*parse_setup(good), setup_of_share(1, 2));
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[1]"), with("\"1/2\"", "\"3/2\""), with("\"1/2\"", "\"auto\""), with("\"1/2\"", "7"),
        with("[\"20\"]", "20"), with("[\"20\"]", "[[\"20\"]]"), with("12", "-1"), with("\"pictures\":5", "\"pictures\":\"5\""),
        with("aaa", "AAA"), with("bbb", "b"), with("\"verb\"", "\"werb\"")})
    EXPECT_EQ(parse_setup(bad).error().code, ErrorCode::kMalformed) << bad;
  EXPECT_EQ(parse_setup(with("\"octet_part\":1", "\"octet_part\":2")).error().code, ErrorCode::kUnsupported);
}

TEST(Setup, SaysWhatDiffers) {
  const PartSetup expected = setup_of_share(1, 2);
  const auto difference = [&expected](const auto& change) {
    PartSetup other = expected;
    change(other);
    return difference_of(expected, other).value_or("");
  };
  EXPECT_EQ(difference([](PartSetup&) {}), "");
  EXPECT_EQ(difference([](PartSetup& other) { other.share.index = 1; }), "");
  EXPECT_EQ(difference([](PartSetup& other) { other.places.clear(); }), "");
  EXPECT_EQ(difference([](PartSetup& other) { other.options["--limit"] = {"10"}; }), "has --limit '10' for '20'");
  EXPECT_EQ(difference([](PartSetup& other) { other.options.erase("--exif"); }), "has --exif 'nothing' for 'set'");
  EXPECT_NE(difference([](PartSetup& other) { other.inputs[0].sha256[0] = 'c'; }).find("'x.xml'"), std::string::npos);
  EXPECT_NE(difference([](PartSetup& other) { other.version = "0.2.0"; }).find("0.2.0"), std::string::npos);
  EXPECT_NE(difference([](PartSetup& other) { other.isa = "avx512"; }).find("OCTET_ISA"), std::string::npos);
  EXPECT_NE(difference([](PartSetup& other) { other.pictures = 6; }).find("another number of pictures, 6 for"), std::string::npos);
  EXPECT_NE(difference([](PartSetup& other) { other.picture_names[0] = 'c'; }), "");
  EXPECT_NE(difference([](PartSetup& other) { other.verb = "detect"; }), "");
}

std::vector<Part> parts_of(std::initializer_list<Part> parts) { return parts; }

TEST(CompleteParts, AreSortedByTheirShares) {
  const auto parts = complete_parts(parts_of({part_of_share(3, 3), part_of_share(1, 3), part_of_share(2, 3)}));
  ASSERT_TRUE(parts.ok());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ((*parts)[i].setup.share.index, i);
}

TEST(CompleteParts, NameGapsAndRepeats) {
  const auto missing = complete_parts(parts_of({part_of_share(1, 3), part_of_share(3, 3)}));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "part 2/3 is missing");
  const auto twice = complete_parts(parts_of({part_of_share(1, 3), part_of_share(2, 3), part_of_share(1, 3)}));
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().message, "part 1/3 (p1) is given twice, as p1 too");
  EXPECT_FALSE(complete_parts(parts_of({part_of_share(1, 3), part_of_share(2, 2)})).ok());
  Part other = part_of_share(2, 2);
  other.setup.options["--limit"] = {"7"};
  const auto mixed = complete_parts(parts_of({part_of_share(1, 2), other}));
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().message, "part 2/2 (p2) has --limit '7' for '20' of part 1/2 (p1)");
}

TEST(FindParts, TakesFoldersAndFiles) {
  const ScratchFolder folder;
  const fs::path empty = folder.path() / "empty", full = folder.path() / "full";
  fs::create_directories(empty);
  fs::create_directories(full);
  for (const char* name : {"b.octetpart", "a.octetpart", "c.octetjournal", "d.txt"}) std::ofstream(full / name) << "x";
  EXPECT_EQ(*find_parts({full, full / "d.txt"}), (std::vector<fs::path>{full / "a.octetpart", full / "b.octetpart", full / "d.txt"}));
  EXPECT_EQ(find_parts({full, empty}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_part(full / "a.octetpart").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(read_part(full / "e.octetpart").error().code, ErrorCode::kNotFound);
}

const FoundInPicture kFound{1, 4, true, {{2, 0.5F, {1, 2, 3, 4}}, {0, 0.25F, {0, 0, 9, 9}}}};
const FoundBounds kBounds{5, {3, 3}};

Result<FoundInPicture> decoded(const std::string& record, const FoundBounds& bounds = kBounds) {
  return decode_found(std::as_bytes(std::span(record)), bounds);
}

TEST(Found, IsReadAsItWasWritten) {
  const auto found = decoded(encode_found(kFound));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(encode_found(*found), encode_found(kFound));
}

TEST(Found, RefusesWhatIsBeyondItsBounds) {
  const std::string good = encode_found(kFound);
  EXPECT_FALSE(decoded(good, {4, {3, 3}}).ok());
  EXPECT_FALSE(decoded(good, {5, {3}}).ok());
  EXPECT_FALSE(decoded(good, {5, {3, 2}}).ok());
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(decoded(good.substr(0, size)).ok()) << size;
  EXPECT_FALSE(decoded(good + '\0').ok());
  EXPECT_FALSE(decoded("Q" + good.substr(1)).ok());
  FoundInPicture infinite = kFound;
  infinite.detections[0].box_px.x1 = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(decoded(encode_found(infinite)).ok());
  FoundInPicture negative = kFound;
  negative.detections[0].class_index = -1;
  EXPECT_FALSE(decoded(encode_found(negative)).ok());
  // A length of four billion is refused before room is made for it.
  std::string huge = good;
  huge.replace(14, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(decoded(huge).ok());
}

}  // namespace
}  // namespace octet
