#include "zoo/fetch.h"

#include <algorithm>

#include "base/files.h"
#include "download/fetch_file.h"
#include "download/source.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 22;

// A file that octet needs.
struct Needed {
  std::string name;             // below the model's folder
  const RemoteFile* published;  // the file itself, or the archive that holds it
  bool packed;                  // it lies in an archive: nothing is stated of it alone
};

bool is_archive(const ZooModel& model, const RemoteFile& file) {
  return std::ranges::any_of(model.postprocessing, [&](const Postprocessing& step) {
    const auto* unpack = std::get_if<UnpackArchive>(&step);
    return unpack && unpack->file == file.name;
  });
}

std::vector<Needed> needed_files(const ZooModel& model) {
  std::vector<Needed> files;
  const RemoteFile* archive = nullptr;
  for (const RemoteFile& file : model.files) {
    if (is_archive(model, file))
      archive = &file;
    else
      files.push_back({file.name, &file, false});
  }
  for (const std::string& name : {model.source_file, model.weights_file})
    if (!name.empty() && std::ranges::find(files, name, &Needed::name) == files.end()) files.push_back({name, archive, true});
  return files;
}

Result<fs::path> place_in(const fs::path& model_dir, const std::string& name) {
  OCTET_ASSIGN(const fs::path path, path_inside(model_dir, name));
  const fs::path beside = model_dir / path.filename();
  return !fs::exists(path) && fs::exists(beside) ? beside : path;
}

Result<MappedFile> open_original(const ZooModel& model, const Needed& file, const fs::path& path) {
  auto original = MappedFile::open(path);
  if (original.ok()) return original;
  const bool known = file.published && !file.published->sources.empty();
  const std::string published = known ? ", published at " + where_published(file.published->sources[0]) : "";
  return Error{original.error().code, original.error().message + "; " + model.name + " needs the file" + published};
}

struct Original {
  fs::path path;
  MappedFile content;
};

// The needed files opened and checked, in their order.
Result<std::vector<Original>> open_checked(const ZooModel& model, const fs::path& model_dir) {
  std::vector<Original> files;
  for (const Needed& file : needed_files(model)) {
    OCTET_ASSIGN(const fs::path path, place_in(model_dir, file.name));
    OCTET_ASSIGN(MappedFile opened, open_original(model, file, path));
    if (!file.packed) OCTET_RETURN_IF_ERROR(check_file(*file.published, path));
    files.push_back({path, std::move(opened)});
  }
  return files;
}

// `places` are of the needed files, in their order.
FetchedFiles files_at(const fs::path& folder, const ZooModel& model, std::vector<fs::path> places) {
  FetchedFiles files{folder, {}, {}, std::move(places)};
  const std::vector<Needed> needed = needed_files(model);
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i].name == model.source_file) files.source = files.all[i];
    if (needed[i].name == model.weights_file) files.weights = files.all[i];
  }
  return files;
}

// Counts the bytes of all files together.
struct Copy {
  FileTransaction transaction;
  const Progress& progress;
  std::int64_t done = 0, total = 0;

  Status add(const fs::path& target, std::span<const std::byte> bytes) {
    return transaction.add(target, [&](const FileTransaction::Sink& sink) -> Status {
      for (std::size_t begin = 0; begin < bytes.size(); begin += kChunkBytes) {
        const auto chunk = bytes.subspan(begin, std::min(kChunkBytes, bytes.size() - begin));
        OCTET_RETURN_IF_ERROR(sink(chunk));
        done += static_cast<std::int64_t>(chunk.size());
        if (progress) progress(done, total);
      }
      return {};
    });
  }
};

}  // namespace

Result<FetchedFiles> find_in(const ZooModel& model, const fs::path& model_dir) {
  OCTET_ASSIGN(const std::vector<Original> originals, open_checked(model, model_dir));
  std::vector<fs::path> places;
  for (const Original& original : originals) places.push_back(original.path);
  return files_at(model_dir, model, std::move(places));
}

Result<FetchedFiles> fetch_from(const ZooModel& model, const fs::path& model_dir, const fs::path& output_dir, const Progress& progress) {
  OCTET_ASSIGN(const std::vector<Original> originals, open_checked(model, model_dir));
  OCTET_ASSIGN(const fs::path folder, path_inside(output_dir, model.subdirectory));
  std::vector<fs::path> places;
  for (const Needed& file : needed_files(model)) {
    OCTET_ASSIGN(fs::path place, path_inside(folder, file.name));
    places.push_back(std::move(place));
  }
  Copy copy{{}, progress};
  for (const Original& original : originals) copy.total += static_cast<std::int64_t>(original.content.bytes().size());
  for (std::size_t i = 0; i < originals.size(); ++i) OCTET_RETURN_IF_ERROR(copy.add(places[i], originals[i].content.bytes()));
  OCTET_RETURN_IF_ERROR(copy.transaction.commit());
  return files_at(folder, model, std::move(places));
}

}  // namespace octet
