#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "runtime/plan.h"

namespace octet::quant {

// How many sessions whole pictures are run in: at most one for each thread and picture, and fewer where one takes so many bytes that those
// of all threads would be most of the memory.
std::size_t sessions_for(std::size_t bytes_of_session, std::size_t pictures, int threads);

// So many sessions, among which the threads are shared out. What a session computes does not depend on its threads.
std::vector<std::unique_ptr<Session>> make_sessions(const std::shared_ptr<const Plan>& plan, std::size_t pictures, int threads);

}  // namespace octet::quant
