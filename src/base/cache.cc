#include "base/cache.h"

#include <unistd.h>

namespace octet {

std::int64_t second_cache_bytes() {
  constexpr std::int64_t kUnknown = std::int64_t{512} << 10;
#ifdef _SC_LEVEL2_CACHE_SIZE
  const std::int64_t bytes = ::sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? bytes : kUnknown;
#else
  return kUnknown;
#endif
}

}  // namespace octet
