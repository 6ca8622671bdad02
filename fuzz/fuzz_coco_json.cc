// COCO annotations and detection results of any bytes. Results that are read must come back as they are written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "data/coco_json.h"
#include "scratch_file.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::ScratchFile file("coco.json", std::span(data, size));
  (void)read_coco_annotations(file.path());
  const auto results = read_coco_results(file.path());
  if (!results.ok()) return 0;
  const auto text = format_coco_results(*results);
  if (!text.ok()) std::abort();
  const fuzz::ScratchFile again("again.json", std::span(reinterpret_cast<const std::uint8_t*>(text->data()), text->size()));
  const auto same = read_coco_results(again.path());
  if (!same.ok() || same->size() != results->size()) std::abort();
  return 0;
}
