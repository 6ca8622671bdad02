#pragma once

#include <cstddef>

#include "base/cpu.h"
#include "base/check.h"

namespace octet::kernels {

// The first entry of a kernel table (best first, the reference last) that `isa` can run.
template <typename Entry, std::size_t n>
const Entry& best_for(const Entry (&table)[n], Isa isa) {
  for (const Entry& entry : table)
    if (entry.isa <= isa) return entry;
  check_failed(__FILE__, __LINE__, "entry.isa <= isa", "a kernel table must end with a portable entry");
}

}  // namespace octet::kernels
