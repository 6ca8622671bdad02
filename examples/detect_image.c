// Finds objects in a picture:  detect_image MODEL.xml PICTURE [DRAWN]
#include <octet/octet_c.h>

#include <stdio.h>

static void print(const octet_detections* found) {
  const octet_detection* objects = octet_detections_data(found);
  for (size_t i = 0; i < octet_detections_count(found); ++i)
    printf("%-16s %.2f  (%.0f, %.0f) to (%.0f, %.0f)\n", objects[i].label, objects[i].score, objects[i].x0, objects[i].y0, objects[i].x1,
           objects[i].y1);
}

static octet_status detect(octet_model* model, octet_image* image, const char* drawn) {
  octet_detector* detector = NULL;
  octet_detections* found = NULL;
  octet_status status = octet_compile(model, NULL, &detector);
  if (status == OCTET_OK) {
    const octet_image_view pixels = octet_image_pixels(image);
    status = octet_detect(detector, &pixels, NULL, &found);
  }
  if (status == OCTET_OK) print(found);
  if (status == OCTET_OK && drawn) {
    status = octet_draw(image, octet_detections_data(found), octet_detections_count(found));
    if (status == OCTET_OK) status = octet_write_image(image, drawn);
  }
  octet_detections_free(found);
  octet_detector_free(detector);
  return status;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: detect_image MODEL.xml PICTURE [DRAWN]\n");
    return 2;
  }
  octet_model* model = NULL;
  octet_image* image = NULL;
  octet_status status = octet_load(argv[1], &model);
  if (status == OCTET_OK) status = octet_read_image(argv[2], &image);
  if (status == OCTET_OK) status = detect(model, image, argc > 3 ? argv[3] : NULL);
  if (status != OCTET_OK) fprintf(stderr, "error: %s\n", octet_error_message());
  octet_image_free(image);
  octet_model_free(model);
  return status == OCTET_OK ? 0 : 1;
}
