#pragma once

#include "boxes/box.h"

namespace octet {

// A box that a head proposes for one class, in whatever frame the function says. Double, so that what follows from
// it (suppression above all) hangs on the model and not on rounding.
struct Candidate {
  int class_index = 0;
  double score = 0;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

}  // namespace octet
