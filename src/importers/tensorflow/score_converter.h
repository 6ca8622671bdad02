#pragma once

#include <vector>

#include "base/result.h"
#include "importers/tensorflow/heads.h"
#include "importers/tensorflow/network.h"

namespace octet::tensorflow {

// How class logits become the scores that are suppressed by.
struct ScoreConverter {
  enum class Kind { kIdentity, kSigmoid, kSoftmax } kind = Kind::kSigmoid;
  double scale = 1;            // of the logits, before the function
  bool has_background = true;  // class 0 is dropped before suppression
};

// Works it out by trying; `path` leads from the suppression's scores back to the joined logits. kUnsupported if it is
// none of these.
Result<ScoreConverter> understand_scores(const std::vector<Ref>& path, const Heads& classes, Network& network);

}  // namespace octet::tensorflow
