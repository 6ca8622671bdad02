// The journal of a transaction, which anybody may have left in a folder: as it is, and with the digest that it needs to be whole.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "base/digest.h"
#include "base/journal.h"

namespace {

void check(const std::string& text) {
  const auto record = octet::parse_journal(text);
  if (!record) return;
  for (const std::string& file : record->files)
    if (file.empty() || file.find('/') != std::string::npos || file == "..") std::abort();
  if (octet::parse_journal(octet::format_journal(*record)) != record) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  text += "end=" + octet::sha256_hex(std::as_bytes(std::span(text))) + '\0';
  check(text);
  return 0;
}
