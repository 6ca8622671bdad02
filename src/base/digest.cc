#include "base/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace octet {
namespace {

std::string hex_digest(std::span<const std::byte> bytes, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, algorithm, nullptr);
  OCTET_CHECK(done == 1, "OpenSSL lacks a digest");
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(length), ""));
}

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) { return hex_digest(bytes, EVP_sha256()); }
std::string sha384_hex(std::span<const std::byte> bytes) { return hex_digest(bytes, EVP_sha384()); }

}  // namespace octet
