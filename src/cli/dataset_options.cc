#include "cli/dataset_options.h"

#include "cli/numbers.h"

namespace octet::cli {

void DatasetOptions::add_data_to(CLI::App& app) {
  app.add_option("--data", data, "Folder in COCO's layout: val2017/, train2017/, annotations/instances_val2017.json");
  app.add_option("--limit", limit, "Only the first N images; 0 is all")->check(whole_number());
}

void DatasetOptions::add_to(CLI::App& app) {
  add_data_to(app);
  app.add_option("--images", images, "Folder of pictures without annotations")->excludes("--data");
}

Result<Dataset> DatasetOptions::open() const {
  if (data.empty() && images.empty()) return Error{ErrorCode::kInvalidArgument, "say which pictures: --data DIR or --images DIR"};
  OCTET_ASSIGN(Dataset dataset, images.empty() ? open_coco(data) : open_image_folder(images));
  return first_images(std::move(dataset), limit);
}

}  // namespace octet::cli
