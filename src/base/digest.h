#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace octet {

// Digests as lower-case hexadecimal digits: 64 of them for SHA-256, 96 for SHA-384.
std::string sha256_hex(std::span<const std::byte> bytes);
std::string sha384_hex(std::span<const std::byte> bytes);

// The digest of bytes that come one after the other. Can be moved and not copied.
class StreamedDigest {
 public:
  void update(std::span<const std::byte> bytes);
  std::string hex() const;  // of all bytes so far; more may follow

 protected:
  explicit StreamedDigest(const void* algorithm);  // OpenSSL's EVP_MD

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;  // OpenSSL's EVP_MD_CTX
};

class Sha256 : public StreamedDigest {
 public:
  Sha256();
};

class Sha384 : public StreamedDigest {
 public:
  Sha384();
};

}  // namespace octet
