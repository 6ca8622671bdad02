#include "model/heads/detection_output.h"

namespace octet {
namespace {

constexpr int kMaxClasses = 1 << 16;
constexpr Word<bool> kBackgroundWords[] = {{"first", true}, {"none", false}};

}  // namespace

Status DetectionOutputHead::read(const InfoReader& info) {
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  return info.read_word("octet_background", kBackgroundWords, has_background);
}

void DetectionOutputHead::write(ModelInfo& info) const {
  info["model_type"] = "ssd";
  if (classes > 0) info["octet_classes"] = std::to_string(classes);
  if (!has_background) info["octet_background"] = word_of(kBackgroundWords, has_background);
}

}  // namespace octet
