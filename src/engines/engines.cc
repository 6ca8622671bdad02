#include "engines/octet_engine.h"

namespace octet {
namespace {

const OctetEngine kOctet;

constexpr const Engine* kEngines[] = {&kOctet};

}  // namespace

std::span<const Engine* const> engines() { return kEngines; }
const Engine& default_engine() { return kOctet; }

}  // namespace octet
