#pragma once

#include "base/result.h"
#include "importers/imported_model.h"
#include "recognise/recognise.h"

namespace octet {

// The one way by which an importer of a general format ends. Takes a graph whose only input is the picture (f32 or u8, [1,3,H,W] or
// [1,H,W,3], as the file wants it) and whose outputs are the file's; gives one that takes f32 [1,3,H,W], BGR, 0..255, and gives floats,
// with what was recognised of it. `original` is the file for the graph as it is given. `weights`, `labels_hint` and the description's name
// are left to the caller. Errors as recognise() has them, and kUnsupported for other inputs; they name no file.
Result<ImportedModel> finish_import(Graph graph, SourceFacts facts, Result<OriginalFile> original = ImportedModel{}.original);

}  // namespace octet
