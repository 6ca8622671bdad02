// An archive that somebody publishes: its first byte chooses the format. Nothing of it may land outside the folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "download/archive.h"
#include "scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const octet::fuzz::ScratchFile archive("archive", {data + 1, size - 1});
  const std::filesystem::path top = archive.path().string() + "-unpacked", folder = top / "folder";
  const auto format = static_cast<octet::ArchiveFormat>(data[0] % 3);
  const bool unpacked = octet::unpack_archive(archive.path(), format, folder, {.entries = 20, .bytes = 1 << 20}).ok();
  std::size_t beside = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at(top, ignored), end; !ignored && at != end; ++at) ++beside;
  if (beside > (unpacked ? 1u : 0u)) std::abort();
  std::filesystem::remove_all(top);
  return 0;
}
