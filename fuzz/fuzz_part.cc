// A part of shared work, of any bytes, as one that is whole and as a journal; and what its records hold, which are reached with the digests
// that they need.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "parts/found.h"
#include "parts/part.h"
#include "quant/calibration_statistics.h"

using namespace octet;

namespace {

const FoundBounds kBounds{8, {80, 80}};

void check_record(std::span<const std::byte> record) {
  if (const auto found = decode_found(record, kBounds); found.ok()) {
    const std::string again = encode_found(*found);
    if (!decode_found(std::as_bytes(std::span(again)), kBounds).ok()) std::abort();
  }
  const auto statistics = quant::decode_statistics(record);
  if (!statistics.ok()) return;
  quant::CalibrationStatistics sum = *statistics;
  if (!quant::add_statistics(*statistics, sum).ok()) std::abort();
  for (const auto& [value, observer] : sum.observers) (void)observer.mean();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes = std::as_bytes(std::span(data, size));
  PartReader reader(bytes);
  while (const auto record = reader.next()) check_record(*record);
  if (const auto part = parse_part(std::string(reinterpret_cast<const char*>(data), size), "fuzzed"); part.ok())
    for (const auto& record : part->records) check_record(record);

  check_record(bytes);
  const auto setup = parse_setup({reinterpret_cast<const char*>(data), size});
  if (!setup.ok()) return 0;
  const auto again = parse_setup(format_setup(*setup));
  if (!again.ok() || difference_of(*setup, *again)) std::abort();
  return 0;
}
