#pragma once

#include "runtime/fusion.h"
#include "runtime/lowering.h"

// What the lowerings of products of matrices have in common.
namespace octet {

// What stands behind a product with a constant second factor of `columns` columns and is done along with it: the bias of each column, then
// an activation.
Epilogue epilogue_of_product(const MatchContext& context, NodeId id, std::int64_t columns);

}  // namespace octet
