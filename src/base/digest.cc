#include "base/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace octet {
namespace {

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex_of(const Bytes& digest, unsigned int length) {
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(length), ""));
}

std::string hex_digest(std::span<const std::byte> bytes, const EVP_MD* algorithm) {
  Bytes digest{};
  unsigned int length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, algorithm, nullptr);
  OCTET_CHECK(done == 1, "OpenSSL lacks a digest");
  return hex_of(digest, length);
}

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) { return hex_digest(bytes, EVP_sha256()); }
std::string sha384_hex(std::span<const std::byte> bytes) { return hex_digest(bytes, EVP_sha384()); }

void StreamedDigest::Free::operator()(void* context) const { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context)); }

StreamedDigest::StreamedDigest(const void* algorithm) : context_(EVP_MD_CTX_new()) {
  auto* const context = static_cast<EVP_MD_CTX*>(context_.get());
  OCTET_CHECK(context && EVP_DigestInit_ex(context, static_cast<const EVP_MD*>(algorithm), nullptr) == 1, "OpenSSL lacks a digest");
}

void StreamedDigest::update(std::span<const std::byte> bytes) {
  const int done = EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size());
  OCTET_CHECK(done == 1, "OpenSSL refuses bytes");
}

std::string StreamedDigest::hex() const {
  const std::unique_ptr<void, Free> copy(EVP_MD_CTX_new());  // since the last step ends a context
  auto* const context = static_cast<EVP_MD_CTX*>(copy.get());
  Bytes digest{};
  unsigned int length = 0;
  const bool done = context != nullptr && EVP_MD_CTX_copy_ex(context, static_cast<const EVP_MD_CTX*>(context_.get())) == 1 &&
                    EVP_DigestFinal_ex(context, digest.data(), &length) == 1;
  OCTET_CHECK(done, "OpenSSL lacks a digest");
  return hex_of(digest, length);
}

Sha256::Sha256() : StreamedDigest(EVP_sha256()) {}
Sha384::Sha384() : StreamedDigest(EVP_sha384()) {}

}  // namespace octet
