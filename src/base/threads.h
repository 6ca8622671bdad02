#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace octet {

// A thread that runs `serve`. Throws std::system_error, whose text says what to do, if the system grants no more.
template <typename Serve>
std::jthread start_thread(Serve serve) {
  try {
    return std::jthread(std::move(serve));
  } catch (const std::system_error& refused) {
    throw std::system_error(refused.code(), "a thread cannot be started, use fewer of them");
  }
}

}  // namespace octet
