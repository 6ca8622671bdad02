#include "runtime/lowerings/list.h"

namespace octet {

std::span<const Lowering> lowerings() {
#define OCTET_ENTRY(match, name) {name, match},
  static constexpr Lowering kLowerings[] = {OCTET_EACH_LOWERING(OCTET_ENTRY)};
#undef OCTET_ENTRY
  return kLowerings;
}

}  // namespace octet
