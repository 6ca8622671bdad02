// The record of a quantization, of any bytes. What is understood can be written, and is read back as it was; where its files would lie is
// computed, but none is opened.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "record/record.h"
#include "workflow/quantization_record.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = parse_record({reinterpret_cast<const char*>(data), size});
  if (!record.ok()) return 0;
  const auto again = parse_record(format_record(*record));
  if (!again.ok() || *again != *record) std::abort();
  const RecordedPlaces places = find_recorded(*record, "/nowhere/out", "/nowhere/model.xml", {});
  if (places.sources.size() != record->sources.size() || places.pictures.size() != record->pictures.size()) std::abort();
  QuantizationChoices choices;
  if (take_words(record->options, choices).ok() && !take_words(words_of(choices), choices).ok()) std::abort();
  return 0;
}
