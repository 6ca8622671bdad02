#include "base/version.h"

namespace octet {

const char* const kVersion = OCTET_VERSION;

}  // namespace octet
