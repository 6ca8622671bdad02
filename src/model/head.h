#pragma once

#include <variant>

#include "model/heads/centernet.h"
#include "model/heads/dense.h"
#include "model/heads/detection_output.h"
#include "model/heads/list.h"
#include "model/heads/yolo.h"

namespace octet {

// How the outputs of a network become boxes. A head is a struct in model/heads/ with what it must know, as below; its decoder in
// detect/ is found by overloading (detect/decoders.h); the variant is the list of them.
//
//   kName               its word in octet_head
//   kRequiredKeys       without which an IR cannot be decoded; kKeys: all that it reads
//   may_have_background whether class 0 can be "no object"
//   has_fractions       whether its boxes are fractions of the input and not pixels of it
//   is_suppressed       whether no overlapping boxes are left
//   read, write         its keys of rt_info; what is absent leaves a field as it is
//   class_count         if the head tells
using Head = std::variant<DetectionOutputHead, YoloHead, DenseHead, ListHead, CenterNetHead>;

}  // namespace octet
