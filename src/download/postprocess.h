#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "download/remote_file.h"

namespace octet {

// "Unpacking <path>", "Replacing text in <path>": what a step does, in the words of the Open Model Zoo's downloader.
std::string describe(const Postprocessing& step, const std::filesystem::path& folder);

// Does one step on the files of a model that lie in `folder`; done, or nothing is changed but as said.
//   UnpackArchive   the content goes into the folder of the archive, which is removed
//   ReplaceText     the file as it was is kept as <file>.orig, unless there is one; line ends become LF, as Python reads text. A file in
//                   which the pattern is not found is moved there too, or removed where there is one, so that nobody takes it for done
//   errors          kNotFound: the file is not there. kMalformed, with its path: it is not what it should be, or the pattern occurs
//                   nowhere, or less often than `count`. kIo
Status postprocess(const Postprocessing& step, const std::filesystem::path& folder);

}  // namespace octet
