#include "quant/sessions.h"

#include <algorithm>

namespace octet::quant {
namespace {

constexpr std::size_t kBytesOfThread = std::size_t{64} << 20;

}  // namespace

std::size_t sessions_for(std::size_t bytes_of_session, std::size_t pictures, int threads) {
  const auto all = static_cast<std::size_t>(std::max(1, threads));
  const std::size_t affordable = all * kBytesOfThread / std::max<std::size_t>(1, bytes_of_session);
  return std::max<std::size_t>(1, std::min({all, pictures, affordable}));
}

std::vector<std::unique_ptr<Session>> make_sessions(const std::shared_ptr<const Plan>& plan, std::size_t pictures, int threads) {
  std::vector<std::unique_ptr<Session>> sessions(sessions_for(plan->arena_bytes(), pictures, threads));
  const auto count = static_cast<int>(sessions.size());
  for (int i = 0; i < count; ++i)
    sessions[static_cast<std::size_t>(i)] = std::make_unique<Session>(plan, std::max(1, (threads + i) / count));
  return sessions;
}

}  // namespace octet::quant
