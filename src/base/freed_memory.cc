#include "base/freed_memory.h"

#include <malloc.h>

namespace octet {

void give_back_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace octet
