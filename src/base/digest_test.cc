#include "base/digest.h"

#include <gtest/gtest.h>

#include <string_view>

namespace octet {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

// The examples of FIPS 180-4 for "abc", and the digests of nothing.
TEST(Digest, IsThatOfTheStandard) {
  EXPECT_EQ(sha256_hex(bytes_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha384_hex(bytes_of("abc")),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
}

template <typename Streamed>
void expect_of_parts_what_the_whole_has(std::string (*whole)(std::span<const std::byte>)) {
  Streamed digest;
  EXPECT_EQ(digest.hex(), whole({}));
  digest.update(bytes_of("a"));
  EXPECT_EQ(digest.hex(), whole(bytes_of("a")));
  digest.update(bytes_of("bc"));
  EXPECT_EQ(digest.hex(), whole(bytes_of("abc")));
}

TEST(Digest, OfPartsIsThatOfTheWhole) {
  expect_of_parts_what_the_whole_has<Sha256>(sha256_hex);
  expect_of_parts_what_the_whole_has<Sha384>(sha384_hex);
}

}  // namespace
}  // namespace octet
