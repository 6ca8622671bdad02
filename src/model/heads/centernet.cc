#include "model/heads/centernet.h"

#include <nlohmann/json.hpp>

namespace octet {
namespace {

constexpr int kMaxClasses = 1 << 16;
constexpr std::size_t kOutputs = 3;
constexpr Word<CenterNetHead::Score> kScoreWords[] = {{"probability", CenterNetHead::Score::kProbability},
                                                      {"logit", CenterNetHead::Score::kLogit}};

}  // namespace

Status CenterNetHead::read(const InfoReader& info) {
  constexpr std::string_view kExpected = "a JSON array of the names of three Results: centres, sizes, offsets";
  OCTET_RETURN_IF_ERROR(info.read_names("octet_outputs", kExpected, outputs));
  if (const std::string* text = info.find("octet_outputs"); text && outputs.size() != kOutputs)
    return bad_value("octet_outputs", *text, kExpected);
  OCTET_RETURN_IF_ERROR(info.read_integer("octet_classes", 1, kMaxClasses, classes));
  return info.read_word("octet_score", kScoreWords, score);
}

void CenterNetHead::write(ModelInfo& info) const {
  info["octet_outputs"] = one_line(outputs);
  info["octet_classes"] = std::to_string(classes);
  info["octet_score"] = word_of(kScoreWords, score);
}

}  // namespace octet
