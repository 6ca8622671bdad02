#include "cli/dataset_options.h"

#include "cli/numbers.h"
#include "data/first_look.h"

namespace octet::cli {

void DatasetOptions::add_shared_to(CLI::App& app) {
  app.add_option("--data", data, "Folder in the layout of COCO (val2017/, annotations/), Roboflow or CVAT");
  app.add_option("--annotations", annotations, "Annotations in COCO's format, of pictures in the folder --images");
  app.add_option("--limit", limit, "Only the first N images; 0 is all")->check(whole_number());
  app.add_flag("--exif", apply_exif, "Turn pictures as their EXIF orientation says");
}

void DatasetOptions::add_to(CLI::App& app) {
  add_shared_to(app);
  app.add_option("--images", images, "Pictures, and folders of pictures with all folders below them")->excludes("--data");
  app.add_option("--categories", categories, "Annotations whose category and image ids the results take")->excludes("--data");
}

void DatasetOptions::add_annotated_to(CLI::App& app) {
  add_shared_to(app);
  app.add_option("--images", images, "Folder of the pictures that --annotations lists")->excludes("--data")->expected(1);
}

Result<Dataset> DatasetOptions::open_any() const {
  if (!data.empty() && !annotations.empty())
    return Error{ErrorCode::kInvalidArgument, "--annotations goes with --images; --data finds its own"};
  if (!data.empty()) return open_dataset(data);
  if (images.empty()) return Error{ErrorCode::kInvalidArgument, "say which pictures: --data DIR or --images DIR"};
  if (annotations.empty()) return open_pictures({images.begin(), images.end()});
  if (images.size() > 1) return Error{ErrorCode::kInvalidArgument, "--annotations goes with one folder --images"};
  return open_annotated(images[0], annotations);
}

Result<Dataset> DatasetOptions::open(const Warn& warn) const {
  OCTET_ASSIGN(Dataset dataset, open_any());
  if (!categories.empty()) OCTET_RETURN_IF_ERROR(take_categories(dataset, categories));
  dataset = first_images(std::move(dataset), limit);
  dataset.decode.apply_exif = apply_exif;
  look_first(dataset, {}, warn);
  return dataset;
}

}  // namespace octet::cli
