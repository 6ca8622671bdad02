// The index of a TensorFlow checkpoint of any bytes; every tensor that it names is read from a shard of the same bytes.
#include <cstddef>
#include <cstdint>
#include <span>

#include "formats/tensorflow/checkpoint.h"
#include "formats/tensorflow/sorted_table.h"
#include "scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::span(data, size);
  const auto table = octet::tensorflow::read_sorted_table(std::as_bytes(bytes));
  if (!table.ok()) return 0;
  const octet::fuzz::ScratchFile index("variables.index", bytes), shard("variables.data-00000-of-00001", bytes);
  auto checkpoint = octet::tensorflow::Checkpoint::open(index.path().parent_path() / "variables");
  if (!checkpoint.ok()) return 0;
  for (const auto& [key, value] : *table) (void)checkpoint->read(key);
  return 0;
}
