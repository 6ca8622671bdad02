// Finds objects in a picture:  detect_image MODEL.xml PICTURE [DRAWN]
#include <octet/octet.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: detect_image MODEL.xml PICTURE [DRAWN]\n");
    return 2;
  }
  try {
    octet::Detector detector = octet::compile(octet::load(argv[1]));
    octet::Image image = octet::read_image(argv[2]);
    const std::vector<octet::Detection> found = detector.detect(image);
    for (const octet::Detection& object : found)
      std::printf("%-16s %.2f  (%.0f, %.0f) to (%.0f, %.0f)\n", object.label.c_str(), object.score, object.x0, object.y0, object.x1,
                  object.y1);
    if (argc > 3) {
      octet::draw(image, found);
      octet::write_image(argv[3], image);
    }
  } catch (const octet::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
