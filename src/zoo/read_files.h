#pragma once

#include "base/result.h"
#include "zoo/map_reader.h"
#include "zoo/zoo_model.h"

// The part of a model.yml that says which files there are, where they are published and what is done with them.
namespace octet::zoo {

Status read_files(const MapReader& root, ZooModel& model);
Status read_postprocessing(const MapReader& root, ZooModel& model);

}  // namespace octet::zoo
