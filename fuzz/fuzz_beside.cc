// A file that an exporter lays beside a model, and another that goes with it, of any bytes. What is taken of them must be of use: steps and
// thresholds that are read again. Ultralytics' keys are taken as they are.
//
//   the name of the first, a line end, its bytes, a NUL, the bytes of the other
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/description.h"
#include "model/info_reader.h"
#include "recognise/beside/beside.h"
#include "recognise/metadata.h"
#include "recognise/picture.h"
#include "scratch_file.h"

using namespace octet;

namespace {

struct Names {
  std::string_view first, other;
};
constexpr std::array kNames = {Names{"metadata.yaml", "config.json"}, Names{"infer_cfg.yml", "inference.yml"},
                               Names{"pipeline.json", "deploy.json"}, Names{"preprocessor_config.json", "config.json"}};

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string_view taken_until(char end, std::string_view& text) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

void expect_of_use(const ModelInfo& keys) {
  float score = 0;
  const bool is_sound =
      steps_declared_in(keys).ok() && read_metadata(keys).ok() && InfoReader(keys).read_number("confidence_threshold", 0, 1, score).ok();
  if (!is_sound) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto* const names = std::ranges::find(kNames, taken_until('\n', text), &Names::first);
  if (names == kNames.end()) return 0;
  const fuzz::ScratchFile first(std::string(names->first), bytes_of(taken_until('\0', text)));
  const fuzz::ScratchFile other(std::string(names->other), bytes_of(text));
  const auto beside = read_beside(fuzz::ScratchFile::folder() / "model.onnx");
  if (!beside.ok()) return 0;
  if (!beside->from.starts_with("metadata.yaml")) expect_of_use(beside->keys);
  ModelInfo metadata;
  (void)merge_beside(*beside, metadata);
  (void)read_metadata(metadata);
  return 0;
}
